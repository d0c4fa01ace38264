import { ok } from "../core/base/problem.ts";
import { pageText } from "./html/page.ts";
import type { Output } from "./output.ts";

export const html: Output = {
  name: "html",
  about: "the whole report as one page without scripts or network, for screens, phones and paper",
  made: "always",
  render: async (report) => ok([{ name: "report.html", content: await pageText(report) }]),
};
