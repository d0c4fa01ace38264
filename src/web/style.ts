/** What pages have beyond the report: the way around, lists, charts, the stack, what is live. */
export const WEB_STYLE = `
.site{border-bottom:1px solid var(--faint);background:var(--paper)}
.inside{max-width:78rem;margin:0 auto;padding:.55rem 1.25rem}
.mark{display:flex;align-items:center;gap:.55rem;font-weight:700;font-size:1.0625rem;letter-spacing:-.01em;text-decoration:none}
.site nav{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.75rem;position:static;margin:0;background:none;border:0}
.site nav a.mark{padding:.2rem 0;color:var(--ink);font-size:1.0625rem}
.site ul{display:flex;flex-wrap:wrap;gap:.25rem;max-width:none;margin:0;padding:0;list-style:none;}
.site nav a{padding:.4rem .6rem;border-radius:6px}
.site nav a[aria-current]{background:var(--band);color:var(--ink);font-weight:600}
header{padding:2rem 0 1.5rem}
h1{overflow-wrap:anywhere}
h1.names{font-size:clamp(1.25rem,1rem + 1.2vw,1.75rem);max-width:none}
.lede{max-width:54rem;margin:.6rem 0 0;font-size:1.0625rem}
.choices{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin:0 0 1.25rem}
.choices p{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem;max-width:none;margin:0;font-size:.875rem}
.choices span{margin-right:.35rem;color:var(--muted)}
.choices a,.downloads a,.button,button{display:inline-block;padding:.3rem .7rem;border:1px solid var(--faint);border-radius:999px;background:var(--paper);color:var(--ink);font:inherit;font-size:.875rem;line-height:1.4;text-decoration:none;cursor:pointer}
.choices a:hover,.downloads a:hover,.button:hover,button:hover{border-color:var(--muted)}
.choices a[aria-current]{border-color:var(--ink);background:var(--ink);color:var(--paper);font-weight:600}
.downloads{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem;max-width:none;margin:0 0 1rem;color:var(--muted)}
.badge{display:inline-block;padding:.05rem .5rem;border:1px solid var(--muted);border-radius:999px;color:var(--muted);font-size:.75rem;font-weight:600;line-height:1.5;white-space:nowrap}
.badge.emulated,.badge.simulated,.badge.doubt-badge{border-color:var(--warning);color:var(--warning)}
.badge.running{border-color:var(--faster);color:var(--faster)}
.badge.running::before{content:"";display:inline-block;width:.5rem;height:.5rem;margin-right:.35rem;border-radius:50%;background:var(--faster)}
form.filter{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:0 0 1.25rem}
form.filter label{display:flex;flex-direction:column;gap:.2rem;color:var(--muted);font-size:.8125rem}
form.filter .wide{flex:1 1 16rem}
input:not([type=checkbox]),select{min-height:2.25rem;padding:.3rem .6rem;border:1px solid var(--muted);border-radius:6px;background:var(--paper);color:var(--ink);font:inherit;font-size:.9375rem}
input[type=checkbox]{width:1.15rem;height:1.15rem;margin:.25rem;accent-color:var(--equivalent)}
button[type=submit]{min-height:2.25rem;border-color:var(--ink);border-radius:6px;background:var(--ink);color:var(--paper);font-weight:600}
main>section:first-child.plain{display:block}
main>section:first-child.plain>ul{max-width:none}
main>section.plain>ul>li,main>section:first-child.plain>ul>li{margin:0 0 .35rem;padding:0;border:0}
main>section:first-child.plain>h2{padding-top:0}
.plain ol+h2,.plain p+h2{margin-top:2.5rem}
ol.runs{margin:0;padding:0;list-style:none;border-top:2px solid var(--ink)}
ol.runs>li{display:grid;grid-template-columns:auto minmax(0,1fr) minmax(0,1.15fr) 10rem;gap:.2rem 1.25rem;align-items:start;margin:0;padding:.8rem .25rem;border-bottom:1px solid var(--faint)}
ol.runs>li:hover{background:var(--band)}
.runs .what{margin:0;font-weight:600;line-height:1.35}
.runs .facts{margin:.15rem 0 0;color:var(--muted);font-size:.8125rem}
.runs .costs{display:flex;flex-direction:column;gap:.25rem;margin:0;padding:0;list-style:none;font-size:.9375rem}
.runs .costs>li{display:flex;flex-wrap:wrap;align-items:center;gap:.15rem .6rem;margin:0}
.runs .costs svg{flex:none;width:7.5rem}
.runs .marks{display:flex;flex-direction:column;gap:.25rem;align-items:end}
.pages{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;margin:1.25rem 0;max-width:none;color:var(--muted);font-size:.9375rem}
.strip line{stroke:var(--faint);stroke-width:2}
.strip .dot{fill:var(--slower);fill-opacity:.75}
.strip .dot.faster{fill:var(--faster)}.strip .dot.equivalent{fill:var(--equivalent)}.strip .dot.inconclusive{fill:var(--paper);stroke:var(--inconclusive);stroke-width:1.5}
.chart{margin:1.5rem 0 2rem}
.chart table{width:100%;table-layout:auto}
.chart .unit{color:var(--muted);font-size:.8125rem;font-weight:400}
.chart td,.chart th{vertical-align:middle;padding-top:0;padding-bottom:0}
.chart thead td,.chart thead th{padding-top:.15rem;padding-bottom:.15rem}
.chart tbody tr+tr{border-top:0}
.chart tbody{border-bottom-width:1px;border-color:var(--faint)}
.chart tbody:last-child{border-bottom:2px solid var(--ink)}
.chart .series th{padding-top:.5rem;font-weight:600}
.chart .plot{width:60%;min-width:15rem;max-width:none}
.chart .plot svg{width:100%;height:auto;overflow:visible;vertical-align:top}
.chart tbody th{white-space:nowrap}
.chart svg{--mark:var(--series-0)}.chart svg.slower{--mark:var(--slower)}.chart svg.faster{--mark:var(--faster)}.chart svg.equivalent{--mark:var(--equivalent)}.chart svg.inconclusive{--mark:var(--inconclusive)}
.chart .grid{stroke:var(--faint);stroke-width:1;fill:none}
.chart .band{fill:var(--band)}
.chart .one{stroke:var(--muted);stroke-width:1.25;stroke-dasharray:4 3;fill:none}
.chart .interval{stroke:var(--mark);stroke-width:2;fill:none}
.chart .mean{fill:var(--mark)}.chart .mean.probable{fill:var(--paper);stroke:var(--mark);stroke-width:1.75}
.chart circle{fill:var(--paper);stroke:var(--muted);stroke-width:1}
.chart a:hover circle{fill:var(--ink)}
.chart .axis text{fill:var(--muted);font-size:11px}
.verdict{font-size:.8125rem;font-weight:600;white-space:nowrap}
.verdict.slower{color:var(--slower-text)}.verdict.faster{color:var(--faster-text)}.verdict.equivalent{color:var(--equivalent)}.verdict.inconclusive{color:var(--muted)}
:root{--slower-text:#a84a00;--faster-text:#00704f}
@media screen and (prefers-color-scheme:dark){:root{--slower-text:var(--slower);--faster-text:var(--faster)}}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,22rem);gap:1rem 2rem;align-items:start}
svg.stack{max-width:100%}
.stack rect{fill:var(--band);stroke:var(--muted);stroke-width:1}
.stack .ground rect{fill:var(--faint);stroke:none}
.stack text{fill:var(--muted);font-size:11px}
.stack .name{fill:var(--ink);font-size:14px;font-weight:600}
.stack .light{fill:var(--paper);stroke:var(--muted)}
.stack .ready .light{fill:var(--faster);stroke:none}
.stack .off rect{fill:none;stroke-dasharray:4 4}
.stack .off .name{fill:var(--muted);font-weight:400}
.stack .starting rect{stroke:var(--warning);stroke-dasharray:6 4}
.stack .starting .light{fill:var(--warning);stroke:none}
.stack .measuring rect{stroke:var(--equivalent);stroke-width:2.5}
.stack .measuring .light{fill:var(--equivalent);stroke:none}
.progress{height:.6rem;margin:0 0 .5rem;border-radius:999px;background:var(--band);overflow:hidden}
.progress svg{display:block;width:100%;height:100%;max-width:none}
.progress rect{fill:var(--equivalent)}
.now{max-width:none;margin:.25rem 0;font-size:1.125rem}
.numbers{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem;margin:0 0 1.5rem}
.numbers div{margin:0}
.numbers dt{color:var(--muted);font-size:.8125rem}
.numbers dd{margin:0;font-size:1.375rem;font-weight:650;letter-spacing:-.01em}
.link-state{color:var(--muted);font-size:.8125rem}
.link-state.lost{color:var(--warning);font-weight:600}
.chart circle.new{fill:var(--equivalent);stroke:var(--equivalent)}
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.25rem;margin:0 0 1.5rem;font-size:.9375rem}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
ol.argv{display:flex;flex-wrap:wrap;gap:.3rem;max-width:none;margin:0;padding:0;list-style:none}
ol.argv code{padding:.1rem .4rem;border-radius:4px;background:var(--band);white-space:pre-wrap;overflow-wrap:anywhere;font:.8125rem/1.5 ui-monospace,monospace}
.course text{fill:var(--muted);font-size:12px}
.course rect{fill:var(--muted)}
.course .workload{fill:var(--series-0)}
.guards{max-width:none;margin:0 0 1rem;padding:0;list-style:none;font-size:.9375rem}
.guards li{display:grid;grid-template-columns:5.5rem 9rem minmax(0,1fr);gap:.25rem .75rem;margin:0;padding:.3rem 0;border-bottom:1px solid var(--faint)}
.guards .doubt{color:var(--warning);font-weight:600;text-decoration:none}
.guards .fine{color:var(--faster-text)}.guards .unknown{color:var(--muted)}
details.raw{margin:.5rem 0}
details.raw summary{color:var(--ink)}
.refused{padding:.8rem 1.1rem;border-left:5px solid var(--warning);background:var(--band)}
.refused li,main>section.plain>ul.refused>li{margin:.3rem 0}
main>section.plain>ul.refused{padding:.8rem 1.1rem;list-style:none}
.answers{max-width:54rem;margin:0 0 1.25rem;padding:0;list-style:none}
.answers>li{margin:0 0 1rem;padding-left:1rem;border-left:3px solid var(--faint)}
.answers ul{margin:.1rem 0 0;padding:0;list-style:none;font-size:.9375rem}
.answers ul li{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .6rem}
.answers small{color:var(--muted);font-size:.8125rem;white-space:nowrap}
.lede+figure.ratios,.lede+.answers{margin-top:1.25rem}
.lede.headline{font-size:1.5rem;line-height:1.3;font-weight:600}
.members{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;max-width:none;margin:.75rem 0 0;padding:0;list-style:none}
.more{max-width:none;margin:-.75rem 0 1.25rem;color:var(--muted);font-size:.875rem}
.audit td.doubt{background:var(--band);outline:2px solid var(--warning);outline-offset:-2px;font-weight:700;text-decoration:none}
.late img{display:block;max-width:100%;height:auto;min-height:6rem}
.timeline .late img,.stacks .late img,.curves .late img{max-width:none}
@media screen and (max-width:46rem){
ol.runs>li{grid-template-columns:auto minmax(0,1fr)}
.runs .costs,.runs .marks{grid-column:2}
.runs .marks{flex-direction:row;justify-content:start;flex-wrap:wrap}
.two{grid-template-columns:minmax(0,1fr)}
.guards li{grid-template-columns:5.5rem minmax(0,1fr)}
.guards li>:last-child{grid-column:1/-1}
.chart table,.chart tbody,.chart thead{display:block}
.chart caption{display:block}
.chart tr{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:0 .75rem;align-items:baseline;padding:.35rem 0 0}
.chart tr>*{display:block;padding:0}
.chart thead th{display:none}
.chart thead tr{padding:0}
.chart tr>.plot{grid-row:2;grid-column:1/-1;width:100%;min-width:0}
.chart thead tr>.plot{grid-row:1}
.chart .end{white-space:normal}
.chart .series th{grid-column:1/-1;overflow-wrap:anywhere;white-space:normal}
.columns>main{padding-top:1.5rem}
dl.facts{grid-template-columns:minmax(0,1fr)}
dl.facts dd{margin-bottom:.4rem}
}
@media (prefers-reduced-motion:no-preference){
.stack .starting .light,.badge.running::before{animation:breathe 1.2s ease-in-out infinite alternate}
@keyframes breathe{from{opacity:1}to{opacity:.25}}
.chart circle.new{animation:land .6s ease-out}
@keyframes land{from{r:9;opacity:.2}}
}
@media print{.site,.choices,.downloads,form.filter,.pages{display:none}}
`;
