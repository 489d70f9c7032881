// What a script of a site does: read each record with gray-matter, judge it with ajv.
const fs = require("fs");
const path = require("path");
const matter = require("gray-matter");
const yaml = require("js-yaml");
const Ajv = require("ajv/dist/2020");

const [schema, folder] = process.argv.slice(2);
const ajv = new Ajv({ allErrors: true, strict: false });
require("ajv-formats")(ajv);
const validate = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));
// Times stay text, as JSON Schema has it: with the defaults every record would be refused.
const engines = { yaml: (text) => yaml.load(text, { schema: yaml.JSON_SCHEMA }) };
let failed = 0;
for (const name of fs.readdirSync(folder).sort()) {
  if (!name.endsWith(".md")) continue;
  try {
    const { data } = matter(fs.readFileSync(path.join(folder, name), "utf8"), { engines });
    if (validate(data)) continue;
    for (const one of validate.errors) console.log(`${name}: ${one.instancePath} ${one.message}`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
  failed = 1;
}
process.exitCode = failed;
