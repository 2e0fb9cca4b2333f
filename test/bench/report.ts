import type { Benchmark, Section, Table } from './benchmark.ts'
import type { Environment } from './environment.ts'
import { describeTarget, isMet } from './target.ts'

export interface Finding {
  readonly benchmark: Benchmark
  readonly section: Section
  /** Contenders that could not be measured, and why. */
  readonly skipped: readonly (readonly [contender: string, reason: string])[]
}

/** The findings as a page of Markdown. */
export function toReport(
  findings: readonly Finding[],
  environment: Environment,
  runs: number,
): string {
  const targets = findings.flatMap(({ section }) => section.targets)
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench`; changes by hand are lost with the next run.',
    `Each contender runs in a process of its own. They take turns: one warm-up, then ${runs} counted runs each, with a garbage collection before each run. A cell is the median, with the lowest and highest in brackets. A ratio is taken within each round, so both sides share the noise of the moment. Only ratios mean something elsewhere: absolute figures belong to this machine at this hour. Each run checks its own results; one that lost, doubled or changed anything would have ended the benchmark.`,
    toMarkdown({ columns: ['', ''], rows: environment }),
    `Targets met: ${targets.filter(isMet).length} of ${targets.length}.`,
    ...findings.flatMap(toParts),
  ]
  return `${parts.join('\n\n')}\n`
}

function toParts({ benchmark, section, skipped }: Finding): string[] {
  return [
    `## ${benchmark.id}: ${benchmark.title}`,
    ...section.method,
    toMarkdown(section.table),
    [
      ...section.targets.map((target) => `- ${describeTarget(target)}`),
      ...(section.remarks ?? []).map((remark) => `- ${remark}`),
      ...skipped.map(([contender, reason]) => `- **skipped: ${contender}**: ${reason}`),
    ].join('\n'),
  ]
}

function toMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}
