import { request } from "node:https";
import type { FeilongAnswer, FeilongRequest } from "../core/zvm/feilong.ts";

export interface FeilongService {
  /** The beginning of every address: `https://feilong.example:8080`. */
  readonly url: string;
  /** Certificates to trust in place of the system's, as PEM text. */
  readonly ca?: string;
}

/** An answer, with the header that carries a session's token. */
export interface HttpAnswer extends FeilongAnswer {
  readonly authToken: string | undefined;
}

/** One request; rejects where the server cannot be reached or its certificate is not trusted. */
export function askFeilong(
  { url, ca }: FeilongService,
  { method, path, body }: FeilongRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url.replace(/\/+$/, "")}${path}`,
      {
        method,
        headers: { Accept: "application/json", ...(text === undefined ? {} : JSON_BODY), ...headers },
        ...(ca === undefined ? {} : { ca }),
        timeout: ANSWER_LIMIT_SECONDS * 1000,
        signal,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const token = answer.headers["x-auth-token"];
          resolve({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString("utf8"),
            authToken: typeof token === "string" ? token : undefined,
          });
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${ANSWER_LIMIT_SECONDS} s`)));
    sent.on("error", reject);
    sent.end(text);
  });
}

const JSON_BODY = { "Content-Type": "application/json" };

/** A deployment copies a disk before it answers. */
const ANSWER_LIMIT_SECONDS = 1800;
