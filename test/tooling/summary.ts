import { existsSync, readFileSync } from 'node:fs'

/** The part that is read here of the report that Vitest's json reporter writes. */
export interface Report {
  testResults: {
    name: string
    status: 'passed' | 'failed'
    message: string
    assertionResults: { fullName: string; status: string }[]
  }[]
}

export interface Summary {
  passed: number
  failed: number
  skipped: number
  /** Why the run does not count as good, one sentence each; empty when it does. */
  complaints: string[]
  /** What was not looked at because a service is missing, one sentence a service. */
  notes: string[]
}

/** An engine may lack an optional capability of its port; its test then names it: "[capability: …]". */
const missingCapability = /\[capability: [^\]]+\]/

/** A suite that needs a service names it where it is missing: "… is not reachable [service: …]". */
const missingService = /\[service: ([^\]]+)\]/

/**
 * Counts a report. A file that failed before its tests (a syntax error, a failed hook) counts as one
 * failure. With `ci`, a skipped test is a complaint too, unless its name says which capability the
 * engine lacks: a service that is not there must not look like a service that works.
 */
export function summarise(report: Report, { ci }: { ci: boolean }): Summary {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const passed = tests.filter(({ status }) => status === 'passed').length
  const failed = tests.filter(({ status }) => status === 'failed').length + broken.length
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  const unserved = Map.groupBy(skipped, ({ fullName }) => missingService.exec(fullName)?.[1])
  const refused = ci ? skipped.filter(({ fullName }) => !missingCapability.test(fullName)) : []
  return {
    passed,
    failed,
    skipped: skipped.length,
    complaints: [
      ...(passed === 0 ? ['no test passed'] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...broken.map(({ name, message }) => `${name} did not run: ${message}`),
      ...refused.map(({ fullName }) => `skipped, which CI does not allow: ${fullName}`),
    ],
    notes: [...unserved].flatMap(([service, { length }]) =>
      service === undefined ? [] : [`not checked, ${service} was not reachable: ${length} skipped`],
    ),
  }
}

export function toLine({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** Checks that stop before a run leave no report of it: then it has no file that did well. */
function readReports(files: readonly string[]): Report {
  return { testResults: files.flatMap((file) => readReport(file).testResults) }
}

function readReport(file: string): Report {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const message = 'there is no report of it'
  return { testResults: [{ name: file, status: 'failed', message, assertionResults: [] }] }
}

if (import.meta.main) {
  const files = process.argv.slice(2)
  const summary = summarise(readReports(files), { ci: Boolean(process.env.CI) })
  for (const sentence of [...summary.notes, ...summary.complaints]) console.error(sentence)
  console.log(toLine(summary))
  process.exitCode = summary.complaints.length > 0 ? 1 : 0
}
