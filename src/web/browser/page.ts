/** What runs in the reader's browser. Pages can be read without it: it keeps a live run up to date, and knows two keys. */

const live = document.querySelector<HTMLElement>("[data-events]");
const events = live?.dataset["events"];
if (live !== null && events !== undefined) follow(live, events);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") focusSearch(event);
});

/** Shows what the server sends. The browser itself connects again, and says what it saw last. */
function follow(place: HTMLElement, address: string): void {
  const source = new EventSource(address);
  const say = (text: string, kind: "fine" | "lost") => {
    const line = document.querySelector<HTMLElement>("#link-state");
    if (line === null) return;
    line.textContent = text;
    line.className = kind === "lost" ? "link-state lost" : "link-state";
  };
  const show = (event: MessageEvent<string>) => {
    const focused = place.contains(document.activeElement)
      ? document.activeElement?.getAttribute("aria-labelledby")
      : undefined;
    // The server's own markup, from the same views as the page; what others wrote is escaped in it.
    place.innerHTML = event.data;
    if (typeof focused === "string") {
      place
        .querySelector<HTMLElement>(`[aria-labelledby="${CSS.escape(focused)}"]`)
        ?.focus({ preventScroll: true });
    }
  };
  source.addEventListener("running", show);
  source.addEventListener("ended", show);
  source.addEventListener("open", () => say("up to date", "fine"));
  source.addEventListener("error", () => say("not connected: trying again", "lost"));
}

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>("input[type=search]");
  if (search === null) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
}

export {};
