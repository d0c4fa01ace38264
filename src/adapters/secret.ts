import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 192 random bits as text that survives any form and header. */
export function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

/** Whether two texts are the same; the time it takes tells nothing about either. */
export function sameSecret(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
