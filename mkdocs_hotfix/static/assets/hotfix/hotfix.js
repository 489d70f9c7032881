/* The forms of the handbook: triage, a new record, the filters of the list. Nothing here sends anything anywhere.
   Without this script the pages show the same facts as tables. */
(() => {
  "use strict";

  // -- YAML, as the gate reads it: text stays text ------------------------------------------------------------

  const PLAIN = /^[A-Za-z][A-Za-z0-9_]*(?:[ ./-][A-Za-z0-9_]+)*$/;
  const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  const WORDS = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

  const scalar = (value) => {
    if (typeof value !== "string") return String(value);
    if (TIME.test(value) || (PLAIN.test(value) && !WORDS.has(value.toLowerCase()))) return value;
    return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, "");
  };
  const flow = (value) => {
    if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
    if (value !== null && typeof value === "object") {
      return `{${Object.entries(value).map(([key, one]) => `${key}: ${flow(one)}`).join(", ")}}`;
    }
    return scalar(value);
  };
  const short = (value) => typeof value !== "object" || (Object.values(value).every((one) => typeof one !== "object" || Array.isArray(one)) && flow(value).length < 100);
  const yaml = (value, indent = "") =>
    Object.entries(value).map(([key, one]) =>
      short(one) || Array.isArray(one) ? `${indent}${key}: ${flow(one)}\n` : `${indent}${key}:\n${yaml(one, `${indent}  `)}`).join("");

  const put = (record, path, value) => {
    const parts = path.split(".");
    const last = parts.pop();
    let here = record;
    for (const part of parts) here = here[part] ??= {};
    here[last] = value;
  };
  const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "").trim();
  const utc = (date) => `${date.toISOString().slice(0, 19)}Z`;

  const copy = async (text, say) => {
    try {
      await navigator.clipboard.writeText(text);
      say.textContent = "Copied.";
    } catch {
      say.textContent = "The browser does not allow it: select the text and copy it.";
    }
  };

  // -- triage ---------------------------------------------------------------------------------------------------

  const answersOf = (form) => {
    const answers = {};
    for (const field of form.querySelectorAll("[data-question]")) {
      const chosen = field.querySelector("input[type=radio]:checked");
      if (!chosen) continue;
      answers[field.dataset.question] = { answer: chosen.value === "true", because: clean(field.querySelector("[data-because]").value) };
    }
    return answers;
  };
  const decide = (form, answers) => {
    const questions = JSON.parse(form.dataset.questions);
    if (questions.some((one) => !(one.id in answers))) return "";
    return questions.every((one) => answers[one.id].answer === one.hotfix_if) ? "hotfix" : "defer";
  };

  const triage = (form) => {
    const code = form.querySelector("code");
    const paste = form.querySelector(".hf-paste");
    const why = form.querySelector("[data-why]");
    const start = form.querySelector("[data-start]");
    const button = form.querySelector("[data-copy]");
    const show = () => {
      const answers = answersOf(form);
      const decision = decide(form, answers);
      form.querySelector(".hf-waiting").hidden = Boolean(decision);
      for (const one of form.querySelectorAll("[data-outcome]")) one.hidden = one.dataset.outcome !== decision;
      const against = decision === "defer" ? JSON.parse(form.dataset.questions).filter((one) => answers[one.id].answer !== one.hotfix_if) : [];
      why.textContent = against.map((one) => `${form.querySelector(`[data-question="${one.id}"] [data-ask]`).textContent} ${answers[one.id].answer ? "Yes" : "No"}.`).join(" ");
      paste.hidden = button.hidden = !decision;
      start.hidden = !decision || !form.dataset.new;
      const said = Object.fromEntries(Object.entries(answers).map(([id, one]) => [id, { answer: one.answer, because: one.because || "WRITE WHY: numbers and their source" }]));
      code.textContent = decision ? yaml({ triage: { at: utc(new Date()), by: "WHO DECIDED", answers: said, decision } }) : "";
      const query = new URLSearchParams(Object.entries(answers).flatMap(([id, one]) => [[`answer.${id}`, String(one.answer)], ...(one.because ? [[`because.${id}`, one.because]] : [])]));
      start.href = `${form.dataset.new}?${query}`;
    };
    form.addEventListener("input", show);
    form.addEventListener("reset", () => setTimeout(show));
    form.addEventListener("submit", (event) => event.preventDefault());
    button.addEventListener("click", () => copy(code.textContent, form.querySelector(".hf-said")));
    form.hidden = false;
    show();
  };

  // -- a new record ---------------------------------------------------------------------------------------------

  const LONGEST = 8000; // what hosts take in an address

  const newRecord = (form) => {
    const status = form.querySelector("[data-path=status]");
    const id = form.querySelector("[data-path=id]");
    const code = form.querySelector("code");
    const missing = form.querySelector("[data-missing]");
    const open = form.querySelector("[data-open]");
    const download = form.querySelector("[data-download]");
    const say = form.querySelector(".hf-said");
    const groups = [...form.querySelectorAll(".hf-group")];
    const statuses = [...status.options].map((one) => one.value);
    const now = new Date();
    const year = String(now.getUTCFullYear());
    id.value = `HF-${year}-${String((JSON.parse(form.dataset.last)[year] ?? 0) + 1).padStart(4, "0")}`;
    form.querySelector("[data-path='reported.at']").value = now.toISOString().slice(0, 16);

    const query = new URLSearchParams(location.search);
    for (const field of form.querySelectorAll("[data-question]")) {
      const answer = query.get(`answer.${field.dataset.question}`);
      const radio = answer === "true" || answer === "false" ? field.querySelector(`input[value=${answer}]`) : null;
      if (!radio) continue;
      radio.checked = true;
      field.querySelector("[data-because]").value = query.get(`because.${field.dataset.question}`) ?? "";
      status.value = field.closest(".hf-group").dataset.status;
      form.querySelector("[data-path='triage.at']").value = now.toISOString().slice(0, 16);
    }

    const valueOf = (input) => {
      const text = clean(input.value);
      if (!text) return undefined;
      if (input.dataset.kind === "time") return utc(new Date(`${text}Z`));
      if (input.dataset.kind === "number") return Number(text);
      if (input.dataset.kind === "list") return text.split("\n").map((one) => one.trim()).filter(Boolean);
      return input.dataset.kind === "text" ? text : text.replace(/\s+/g, " ");
    };
    const build = () => {
      const record = {};
      const reached = statuses.indexOf(status.value);
      let open = 0;
      for (const group of groups) {
        const shown = statuses.indexOf(group.dataset.status) <= reached;
        group.hidden = !shown;
        for (const one of group.elements) one.disabled = !shown;
      }
      for (const input of form.querySelectorAll("[data-path]")) {
        if (input.closest(".hf-group")?.hidden) continue;
        const value = valueOf(input);
        if (value === undefined) open += "needed" in input.dataset ? 1 : 0;
        else if (!input.checkValidity()) open += 1;
        if (value !== undefined) put(record, input.dataset.path, value);
        input.toggleAttribute("aria-invalid", value !== undefined && !input.checkValidity());
      }
      const asked = form.querySelector(".hf-group:not([hidden]) [data-question]");
      if (asked) {
        const answers = answersOf(form);
        for (const question of JSON.parse(form.dataset.questions)) if (!answers[question.id]?.because) open += 1;
        const given = Object.fromEntries(Object.entries(answers).filter(([, one]) => one.because));
        const harms = [...form.querySelectorAll("[data-harm]:checked")].map((one) => one.value);
        const first = Object.keys(given)[0];
        if (harms.length && first) given[first].harms = harms;
        if (Object.keys(given).length) put(record, "triage.answers", given);
        const decision = decide(form, answers);
        if (decision) put(record, "triage.decision", decision);
      }
      return [record, open];
    };
    const ORDER = ["id", "title", "summary", "status", "severity", "service", "reported", "triage", "work", "release", "evidence"];
    const text = (record) => {
      const keys = [...ORDER.filter((key) => key in record), ...Object.keys(record).filter((key) => !ORDER.includes(key))];
      const body = clean(form.querySelector("[data-body]").value);
      return `---\n${yaml(Object.fromEntries(keys.map((key) => [key, record[key]])))}---\n${body ? `\n## What happened\n\n${body}\n` : ""}`;
    };
    const show = () => {
      const [record, count] = build();
      const made = text(record);
      const name = `${id.checkValidity() ? id.value : "HF-YYYY-NNNN"}.md`;
      code.textContent = made;
      form.querySelector("[data-name]").textContent = `${form.dataset.folder}/${name}`;
      const said = count ? `${count} ${count === 1 ? "answer" : "answers"} still needed` : "Nothing is missing.";
      if (missing.textContent !== said) missing.textContent = said;
      URL.revokeObjectURL(download.href);
      download.href = URL.createObjectURL(new Blob([made], { type: "text/markdown" }));
      download.download = name;
      if (open) {
        const address = `${open.dataset.address ??= open.getAttribute("href")}?${new URLSearchParams({ filename: name, value: made })}`;
        open.hidden = address.length > LONGEST;
        form.querySelector("[data-long]").hidden = !open.hidden;
        open.href = address;
      }
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("[data-copy]").addEventListener("click", () => copy(code.textContent, say));
    form.hidden = false;
    show();
  };

  // -- the list of all hotfixes ---------------------------------------------------------------------------------

  const COLUMNS = ["status", "severity", "sla", "evidence", "reported", "hours"]; // as in `data-by`

  const list = (form) => {
    const table = document.querySelector("[data-hf-list]");
    const body = table.tBodies[0];
    const shown = document.querySelector("[data-hf-shown]");
    const none = document.querySelector("[data-hf-none]");
    const choices = [...form.querySelectorAll("select:not([name=sort])")];
    const sort = form.elements.namedItem("sort");
    const rows = [...body.rows].map((row) => ({
      row,
      text: row.textContent.toLowerCase(),
      title: row.cells[0].textContent,
      by: row.dataset.by.split(" ").map(Number),
    }));
    const newest = [...rows];
    let sorted = "";

    const state = () => {
      const now = {};
      for (const one of form.elements) {
        if (!one.name || (one.type === "checkbox" && !one.checked)) continue;
        if (one.value.trim()) now[one.name] = one.name === "q" ? one.value.trim() : one.value;
      }
      return now;
    };
    const filter = (now) => {
      const words = (now.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      const asked = choices.filter((one) => one.value);
      let count = 0;
      for (const one of rows) {
        const fits = asked.every((choice) => one.row.dataset[choice.name] === choice.value) && (!now.attention || "attention" in one.row.dataset) && words.every((word) => one.text.includes(word));
        if (one.row.hidden === fits) one.row.hidden = !fits;
        if (fits) count += 1;
      }
      const all = rows.length === 1 ? "1 hotfix" : `${rows.length} hotfixes`;
      const said = count === rows.length ? `Showing all ${all}` : `Showing ${count} of ${all}`;
      if (shown.textContent !== said) shown.textContent = said;
      none.hidden = count > 0;
    };
    const arrange = (now) => {
      const wanted = now.sort ?? "";
      for (const head of table.tHead.querySelectorAll("[data-sort]")) {
        const name = head.dataset.sort;
        // Without a wish, the list is as it was built: the newest report first.
        const way = wanted === name ? "ascending" : wanted === `-${name}` || (!wanted && name === "reported") ? "descending" : "";
        if (way) head.setAttribute("aria-sort", way);
        else head.removeAttribute("aria-sort");
      }
      if (wanted === sorted) return;
      sorted = wanted;
      const name = wanted.replace(/^-/, "");
      const up = wanted.startsWith("-") ? -1 : 1;
      const column = COLUMNS.indexOf(name);
      const order = [...newest];
      if (column >= 0) order.sort((a, b) => up * (a.by[column] - b.by[column]));
      else if (name === "title") order.sort((a, b) => up * a.title.localeCompare(b.title));
      body.append(...order.map((one) => one.row));
    };
    const show = () => {
      const now = state();
      filter(now);
      arrange(now);
      return now;
    };

    // The address always says what is shown: it can be sent to others, and the back button goes back.
    const address = (now) => {
      const query = new URLSearchParams(now).toString();
      return `${location.pathname}${query ? `?${query}` : ""}${location.hash}`;
    };
    let typing = false;
    let later = 0;
    const remember = (now, more) => {
      clearTimeout(later);
      const to = address(now);
      if (to === `${location.pathname}${location.search}${location.hash}`) return;
      if (more) later = setTimeout(() => history.replaceState(history.state, "", to), 250);
      else history.pushState(null, "", to);
    };
    // Every order that a heading can give is an option of the select, which is what phones show instead of headings.
    const choose = (value) => {
      const head = table.tHead.querySelector(`[data-sort="${CSS.escape(value.replace(/^-/, ""))}"]`);
      if (head && ![...sort.options].some((one) => one.value === value)) {
        sort.add(new Option(`${head.textContent}${value.startsWith("-") ? ", reversed" : ""}`, value));
      }
      if ([...sort.options].some((one) => one.value === value)) sort.value = value;
    };
    const read = () => {
      const query = new URLSearchParams(location.search);
      for (const one of form.elements) {
        const value = query.get(one.name) ?? "";
        if (one === sort) choose(value);
        else if (one.type === "checkbox") one.checked = value === one.value;
        else if (one.tagName !== "SELECT") one.value = value;
        else one.value = [...one.options].some((option) => option.value === value) ? value : "";
      }
      show();
    };

    for (const head of table.tHead.querySelectorAll("[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const name = head.dataset.sort;
        const [first, second] = ["reported", "hours"].includes(name) ? [`-${name}`, name] : [name, `-${name}`];
        const wanted = (sort.value || "-reported") === first ? second : first;
        choose(wanted === "-reported" ? "" : wanted);
        remember(show(), false);
      });
    }
    form.addEventListener("input", (event) => {
      const more = event.target.name === "q";
      remember(show(), more && typing);
      typing = more;
    });
    form.addEventListener("change", () => (typing = false));
    form.addEventListener("reset", () => setTimeout(() => remember(show(), false)));
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("popstate", () => form.isConnected && read());
    form.hidden = shown.hidden = false;
    read();
  };

  // -- start ----------------------------------------------------------------------------------------------------

  /* What scrolls sideways must be reached with the keyboard, too (WCAG 2.1.1). */
  const reach = () => {
    for (const one of document.querySelectorAll("pre, .hf-table, .hf-list, table.table, .md-typeset__scrollwrap")) {
      const box = one.querySelector("code") ?? one;
      if (one.scrollWidth > one.clientWidth || box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  };

  /* Material leaves these without a name for who can not see them. */
  const name = () => {
    document.querySelector(".md-search[role=dialog]:not([aria-label])")?.setAttribute("aria-label", "Search");
    for (const one of document.querySelectorAll(".task-list-control > input:not([aria-label])")) {
      one.setAttribute("aria-label", one.closest("li").textContent.trim());
    }
    for (const one of document.querySelectorAll("nav.md-code__nav")) one.setAttribute("role", "none");
  };

  const start = () => {
    reach();
    name();
    for (const [name, make] of [["triage", triage], ["new", newRecord], ["filter", list]]) {
      for (const form of document.querySelectorAll(`[data-hf-${name}]:not([data-ready])`)) {
        form.dataset.ready = "";
        make(form);
      }
    }
  };
  window.addEventListener("resize", reach);
  // Material swaps pages without a reload where instant loading is on.
  if (typeof window.document$?.subscribe === "function") window.document$.subscribe(start);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
