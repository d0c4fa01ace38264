import { textIfAny } from "../adapters/files.ts";
import { type AuditSubject, audit, fileSubject, referenceSubject } from "../core/audit/audit.ts";
import { failed, ok, type Problem, type Result } from "../core/problem.ts";
import { readPublishedRows } from "../core/published-rows.ts";
import { auditJson } from "../outputs/audit-json.ts";
import { references } from "../references/index.ts";
import { auditText } from "./audit-text.ts";
import { type Context, EXIT, type ExitCode, tell } from "./context.ts";

export interface AuditOptions {
  readonly json?: boolean;
}

/** `dvirt audit [REFERENCE | FILE.csv]`: what of published figures follows from the others, and what does not. */
export async function auditCommand(context: Context, name: string, options: AuditOptions): Promise<ExitCode> {
  const subject = await subjectNamed(name);
  if (!subject.ok) {
    tell(context, subject.problems);
    // Whatever is wrong with a name or a file, it is the user's to mend.
    return EXIT.usage;
  }
  const done = audit(subject.value);
  context.output.write(options.json === true ? auditJson(done) : auditText(done));
  return done.findings.length === 0 ? EXIT.fine : EXIT.finding;
}

async function subjectNamed(name: string): Promise<Result<AuditSubject>> {
  const reference = references.find((one) => one.name === name);
  if (reference !== undefined) {
    const subject = referenceSubject(reference);
    return subject === undefined
      ? failed(noReference(name, "this reference states single figures, and nothing follows from them"))
      : ok(subject);
  }
  const text = await textIfAny(name);
  if (text === undefined) {
    return failed(noReference(name, "there is no such reference, and no file of that name that can be read"));
  }
  const rows = readPublishedRows(text, name);
  return rows.ok ? ok(fileSubject(name, rows.value)) : rows;
}

function noReference(name: string, what: string): Problem {
  const names = references.filter(({ results }) => results !== undefined).map((one) => one.name);
  return {
    code: "no-reference",
    at: name,
    what,
    hint: `one of ${names.join(", ")}, or the path of a CSV file laid out as docs/audit.md says`,
  };
}
