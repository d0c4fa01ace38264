import { customProperties } from "./colours.ts";

/** Of the page, for screens of any width, light and dark, and for paper. No classes but those of this folder's markup. */
export const STYLE = `
:root{${customProperties("light")};--measure:44rem}
@media screen and (prefers-color-scheme:dark){:root{${customProperties("dark")}}}
*{box-sizing:border-box}
html{scroll-padding-top:4rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif;font-variant-numeric:tabular-nums}
a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--equivalent);outline-offset:2px}
main:focus{outline:none}
p,li,h1,h2,figcaption,summary{overflow-wrap:anywhere}
p,ul{max-width:var(--measure)}
.skip{position:absolute;left:-100vw;top:0;padding:.5rem 1rem;background:var(--paper);z-index:2}
.skip:focus{left:0}
.running-head{display:none}
.body{max-width:78rem;margin:0 auto;padding:0 1.25rem}
header{padding:2.5rem 0 1.75rem}
.banner{max-width:none;margin:0 0 2rem;padding:.8rem 1.1rem;border-left:5px solid var(--warning);background:var(--band)}
.banner strong{color:var(--warning);letter-spacing:.02em}
.kind{margin:0;color:var(--muted);font-size:.875rem;letter-spacing:.04em}
h1{max-width:52rem;margin:.3rem 0 .6rem;font-size:clamp(1.75rem,1.2rem + 2.4vw,2.6rem);line-height:1.15;letter-spacing:-.02em;font-weight:700;text-wrap:balance}
.subject{max-width:none;margin:0;color:var(--muted);font-size:.9375rem}
nav{position:sticky;top:0;z-index:1;margin:0 -1.25rem;background:var(--paper);border-bottom:1px solid var(--faint)}
nav ol{display:flex;gap:1.25rem;margin:0;padding:0 1.25rem;overflow-x:auto;list-style:none}
nav a{display:block;padding:.7rem 0;color:var(--muted);font-size:.875rem;line-height:1.4;text-decoration:none;white-space:nowrap}
nav a:hover{color:var(--ink)}
h2{margin:0 0 1.25rem;padding-top:2.5rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;font-weight:650}
section+section{margin-top:2.5rem;border-top:1px solid var(--faint)}
.section-overview{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));grid-auto-flow:dense;gap:0 3rem;align-items:start}
.section-overview>h2{grid-column:1/-1}
.section-overview>h2+p{font-size:1.625rem;line-height:1.3;font-weight:600;letter-spacing:-.01em;margin-top:0}
.section-overview>figure{grid-row:span 6;margin:0}
.section-answers>ul{max-width:54rem;margin:0 0 1rem;padding:0;list-style:none;font-size:1.0625rem}
.section-answers>ul>li{margin:0 0 .9rem;padding-left:1rem;border-left:3px solid var(--faint)}
.section-answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));column-gap:3rem;align-items:start}
.section-answers>:not(figure){grid-column:1/-1}
.section-answers>figure{margin:1rem 0}
.table,figure,.listing{margin:2rem 0}
.scroll{overflow-x:auto}
.table>.scroll{container-type:inline-size;background:linear-gradient(90deg,var(--paper) 40%,transparent) 0/2.5rem 100% no-repeat local,linear-gradient(270deg,var(--paper) 40%,transparent) 100%/2.5rem 100% no-repeat local,linear-gradient(90deg,var(--faint),transparent) 0/.9rem 100% no-repeat scroll,linear-gradient(270deg,var(--faint),transparent) 100%/.9rem 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.875rem;line-height:1.45;min-width:min(100%,24rem)}
caption{padding:0 0 .6rem;text-align:left;font-size:1rem;font-weight:600}
caption>span{position:sticky;left:0;display:inline-block;max-width:100cqi;overflow-wrap:anywhere}
.label{display:block;color:var(--warning);font-size:.8125rem;font-weight:600}
th,td{padding:.4rem .6rem;text-align:left;vertical-align:baseline;max-width:30rem}
th:first-child,td:first-child{padding-left:0}
.end{text-align:right;white-space:nowrap}
.name{white-space:nowrap}
td.start:not(.name),tbody th.start:not(.name){min-width:11rem}
thead{border-top:2px solid var(--ink);border-bottom:1px solid var(--ink)}
thead th{color:var(--muted);font-weight:600;vertical-align:bottom}
thead .group{text-align:center;box-shadow:inset .6rem 0 var(--paper),inset -.6rem 0 var(--paper),inset 0 -1px var(--muted)}
tbody{border-bottom:2px solid var(--ink)}
tbody tr+tr{border-top:1px solid var(--faint)}
tbody tr:hover>*{background:var(--band)}
tbody th{font-weight:500}
tbody th.name{position:sticky;left:0;background:var(--paper)}
.doubt{text-decoration:underline dotted var(--warning) 2px;text-underline-offset:.3em}
sup{margin-left:.15em;color:var(--warning);font-size:.75em;font-weight:700;line-height:0}
.notes{margin:.6rem 0 0;padding:0;list-style:none;color:var(--muted);font-size:.8125rem;line-height:1.5}
.notes li{margin:.2rem 0}
figcaption,.caption{margin:0 0 .6rem;font-weight:600}
.pictures{display:flex;flex-wrap:wrap;gap:1.5rem 3rem;align-items:flex-start}
svg{display:block;flex:none;max-width:100%;height:auto;overflow:visible}
.stacks svg,.timeline svg{max-width:none}
figure.timeline .pictures,figure.stacks .pictures{width:max-content}
details{margin-top:.6rem;font-size:.9375rem}
summary{width:fit-content;padding:.25rem 0;color:var(--muted);font-size:.875rem;cursor:pointer}
details .table{margin:1rem 0}
pre{max-height:28rem;margin:0;padding:.9rem 1.1rem;overflow:auto;border-radius:4px;background:var(--band);font:.8125rem/1.5 ui-monospace,monospace}
footer{margin-top:4rem;padding:1.25rem 0 3rem;border-top:1px solid var(--faint);color:var(--muted);font-size:.8125rem}
@media screen and (min-width:66rem){
html{scroll-padding-top:0}
.columns{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:3rem}
nav{align-self:start;margin:2.5rem 0 0;border:0}
nav ol{display:block;max-height:100vh;padding:0 0 1rem;overflow-y:auto}
nav a{padding:.35rem 0;white-space:normal}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@page{margin:14mm}
@media print{
body{font-size:10pt;line-height:1.45}
.section-answers>ul{font-size:11pt}
.section-overview{grid-template-columns:1fr 1.2fr;column-gap:8mm}
.section-overview>h2+p{font-size:14pt}
.section-answers{grid-template-columns:1fr 1fr;column-gap:8mm}
.body{max-width:none;padding:0}
.sheet{display:table;width:100%;table-layout:fixed}
.running-head{display:table-header-group;break-inside:avoid}
.running-head p{max-width:none;margin:0 0 5mm;padding-bottom:1.5mm;border-bottom:1px solid var(--warning);color:var(--warning);font-size:8pt;font-weight:600}
.skip,nav,details,.banner~.kind{display:none}
header{padding:0 0 6mm}
.banner{margin:0 0 6mm;print-color-adjust:exact}
h1{font-size:22pt}
h2{padding-top:6mm;font-size:14pt;break-after:avoid}
.table,figure,.listing{margin:5mm 0}
table{font-size:7.5pt}
caption{font-size:9.5pt;break-after:avoid}
thead{display:table-header-group}
tr,figure,.notes{break-inside:avoid}
th,td{padding:.12rem .35rem;overflow-wrap:anywhere}
td.start:not(.name),tbody th.start:not(.name){min-width:0}
.end,.name{white-space:normal}
.scroll,pre{max-height:none;overflow:visible}
.table>.scroll{container-type:normal;background:none}
caption>span{position:static}
tbody th.name{position:static}
pre{font-size:7pt;white-space:pre-wrap;overflow-wrap:anywhere}
svg{max-height:220mm;print-color-adjust:exact}
.pictures{gap:4mm 8mm}
.stacks .pictures,.timeline .pictures{width:auto}
.stacks svg,.timeline svg{max-width:100%}
footer{margin-top:8mm;padding:3mm 0 0}
}
`;
