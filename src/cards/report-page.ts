import { scoreCurve, type LaunchReport } from '../domain/launch-report.js';
import { drawCurve } from './report-card.js';
import { reportParts, reportTitle } from './report-parts.js';
import { sayClock, type Reader } from './say-time.js';

const POINTS = 120;
const [WIDTH, HEIGHT] = [720, 120];
const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}svg{width:100%;height:auto;border:1px solid #999}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}ul{margin:0;padding-left:1.2rem}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}';

/** The report to be kept, mailed or put beside a ticket. Texts from outside cannot become markup. */
export function reportMarkdown(report: LaunchReport, reader: Reader): string {
  const parts = reportParts(report, reader).map(({ title, lines }) => `## ${title}\n\n${lines.map((line) => `- ${escapedMarkdown(line)}`).join('\n')}`);
  return `# ${escapedMarkdown(reportTitle(report))}\n\n\`${drawCurve(report, reader.now)}\`\n\n${parts.join('\n\n')}\n\nWritten by hypercare, ${sayClock(reader.now, reader)}.\n`;
}

/** One file that fetches and runs nothing. */
export function reportHtml(report: LaunchReport, reader: Reader): string {
  const title = escapedHtml(reportTitle(report));
  const parts = reportParts(report, reader).map((part) => `<h2>${escapedHtml(part.title)}</h2><ul>${part.lines.map((line) => `<li>${escapedHtml(line)}</li>`).join('')}</ul>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${curve(report, reader.now)}${parts.join('')}<p>Written by hypercare, ${escapedHtml(sayClock(reader.now, reader))}.</p></body></html>\n`;
}

/** A line for each stretch in which a score was known: a gap is no line. */
function curve(report: LaunchReport, now: number): string {
  const scores = scoreCurve(report, POINTS, now);
  const x = (n: number): number => Math.round((n / (POINTS - 1)) * WIDTH);
  const path = scores.map((score, n) => (score === null ? '' : `${scores[n - 1] === null || n === 0 ? 'M' : 'L'}${x(n)} ${Math.round(HEIGHT - (score / 100) * HEIGHT)}`)).join('');
  return `<svg viewBox="0 -4 ${WIDTH} ${HEIGHT + 8}" role="img" aria-label="Health score from 0 to 100 over the watch"><path d="${path}" fill="none" stroke="currentColor" stroke-width="2"/></svg>`;
}

function escapedMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#|~!]/g, (sign) => `\\${sign}`);
}

function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
