const ADDRESSES: readonly RegExp[] = [
  // Ethernet, also several in a row as a firewall prints them, and with dashes as boot loaders do.
  /\b[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4,18}\b/gi,
  // IPv6, in full or shortened; a PCI address (0000:03:00.0) is none.
  /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi,
  /(?<![\w:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?:%\w{1,15})?(?![\w:])/gi,
  // IPv4
  /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g,
];

/** Text of a machine for a report, without the addresses of whoever was on its network. */
export function withoutAddresses(text: string): string {
  return ADDRESSES.reduce((rest, pattern) => rest.replace(pattern, "(address)"), text);
}
