import { arch, cpus, platform } from 'node:os'
import { isViolated } from './fault.ts'
import type { Finding } from './harness.ts'

/** Every figure, one a line, with what it must be; under a violated one, what is at fault. */
export function toTable(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ fault, figures }) =>
    figures.map((figure) => ({ fault, figure })),
  )
  const width = Math.max(...rows.map(({ figure }) => figure.name.length))
  const idWidth = Math.max(7, ...rows.map(({ fault }) => fault.id.length))
  const lines = rows.flatMap(({ fault, figure }) => {
    const { name, value, expected, details = [] } = figure
    const violated = isViolated(figure)
    const must = expected === undefined ? '' : `must be ${expected}${violated ? '  VIOLATED' : ''}`
    const line = `${fault.id.padEnd(idWidth)} ${name.padEnd(width)} ${String(value).padStart(8)}  ${must}`
    return [line.trimEnd(), ...(violated ? details.map((text) => `       ${text}`) : [])]
  })
  return lines.join('\n')
}

/** The page of Markdown that a whole run writes. */
export function toReport(findings: readonly Finding[], seed: number): string {
  const sections = findings.map(({ fault, figures }) =>
    [
      `## ${fault.id}: ${fault.title}`,
      '',
      fault.description,
      '',
      '| figure | value | must be |',
      '| --- | ---: | ---: |',
      ...figures.map(({ name, value, expected }) => `| ${name} | ${value} | ${expected ?? ''} |`),
      '',
    ].join('\n'),
  )
  return `${INTRODUCTION}\n${describe(seed)}\n\n${sections.join('\n')}\n${LIMITS}`
}

function describe(seed: number): string {
  const processor = cpus()[0]?.model ?? 'an unknown processor'
  return `This run: seed ${seed}, Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${processor}.`
}

const INTRODUCTION = `# Reliability

\`npm run chaos\` writes this page: faults that are really inflicted, and the figures that came out. A
figure with a value in the last column must be exactly that, or the run fails. \`npm run chaos --
--short\` is the same with fewer faults, and every run of the tests has it; a run that fails prints
its seed, and \`--seed\` repeats its choices.

Nothing here asks the store whether the store is right. Whoever submits writes every acknowledgement
into a *witness*, a file outside the store, and syncs it; every handler writes a line before and after
its effect. When the faults have stopped, the records are held against the witness:

- every acknowledged tasklet is stored once, has one status, and that is a final one;
- no tasklet is settled twice, or attempted more often than it may be;
- each delivery ended in an outcome or in a death of its process that left the tasklet running;
- at no point of the witness did more handlers run than slots and units of resources allow, in another
  state of the world than theirs, or before what they depend on;
- what handlers did is what the records say.

Where several processes share a store, the witness is one file for all of them, and what is shared
is looked at over all of them; slots belong to each process. The servers below them are started for
the case and belong to it alone, so that they can be killed, and every process reaches them by a way of
its own, so that it can be cut.

Before a process is killed, its run and its pid are compared with what it said and with its command
line, so that it is that process, and no leftover, that dies.
`

const LIMITS = `## What this does not show

A killed process leaves the page cache of the operating system alone, so kills say nothing about power
loss. What protects from that is the sync before each acknowledgement; R2 shows what is left of a
database whose last writes did not reach the disk. A byte that changes inside the WAL can cost commits
after it without any error, because SQLite takes the first bad checksum for the end of the log: keep
backups.
`
