import { html } from "../outputs/html/markup.ts";
import { htmlResponse, type PageResponse } from "./exchange.ts";

/** Asks for the token; in a form, so that it stands in no address. Loads nothing: whoever asks may not read yet. */
export function tokenPage(status: number, problem: string | undefined): PageResponse {
  return htmlResponse(
    status,
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>dvirt</title>
<link rel="icon" href="data:,">
</head>
<body>
<main>
<h1>dvirt</h1>
${problem === undefined ? undefined : html`<p role="alert">${problem}</p>`}
<form method="post" action="/token">
<p><label for="token">The token that dvirt serve printed when it was started</label></p>
<p><input id="token" name="token" type="password" autocomplete="off" required> <button>Read</button></p>
</form>
</main>
</body>
</html>
`.markup,
  );
}
