import { readFileSync } from "node:fs";
import { defineCollection, z } from "astro:content";
import { glob } from "astro/loaders";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";

const ajv = new Ajv({ allErrors: true, strict: false });
formats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync("record.schema.json", "utf8")));

// Astro reads times as dates, which JSON Schema does not know.
const text = (value) =>
  value instanceof Date
    ? value.toISOString().replace(".000Z", "Z")
    : Array.isArray(value)
      ? value.map(text)
      : value && typeof value === "object"
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, text(one)]))
        : value;

const schema = z.any().superRefine((data, context) => {
  if (validate(text(data))) return;
  for (const one of validate.errors) {
    context.addIssue({ code: "custom", path: one.instancePath.split("/").slice(1), message: one.message });
  }
});

export const collections = {
  hotfixes: defineCollection({ loader: glob({ pattern: "HF-*.md", base: "./docs/hotfixes" }), schema }),
};
