import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.ts'
import { describeEnvironment } from './environment.ts'
import { measure, type Source } from './harness.ts'
import { type Finding, toReport } from './report.ts'

const USAGE = `npm run bench -- [--quick] [--only B4]

  --quick   less work and fewer runs, to try things out
  --only    one benchmark

A whole run writes docs/benchmarks.md; the others only print what they found.`

const CASES = ['b4-throughput', 'b6-live-tasklets', 'b7-planning']
const REPORT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

await main()

async function main(): Promise<void> {
  const { quick, only, help } = readArguments()
  if (help) {
    console.log(USAGE)
    return
  }
  const sources = await loadCases(only)
  const form = quick ? 'quick' : 'full'
  const runs = quick ? 3 : 5
  const environment = describeEnvironment()
  const findings: Finding[] = []
  for (const source of sources) {
    const results = await measure(source, { form, runs, progress: (line) => console.error(line) })
    const { benchmark } = source
    findings.push({ benchmark, section: benchmark.report(results, form) })
  }
  const report = toReport(findings, environment, runs)
  console.log(report)
  if (!quick && only === undefined) writeFileSync(REPORT, report)
}

function readArguments() {
  try {
    const options = {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

async function loadCases(only: string | undefined): Promise<readonly Source[]> {
  const sources = await Promise.all(
    CASES.map(async (name) => {
      const file = new URL(`./cases/${name}.bench.ts`, import.meta.url).href
      const { benchmark } = (await import(file)) as { readonly benchmark: Benchmark }
      return { file, benchmark }
    }),
  )
  const chosen = sources.filter(({ benchmark: { id } }) => only === undefined || id === only)
  if (chosen.length > 0) return chosen
  const known = sources.map(({ benchmark: { id } }) => id).join(', ')
  return refuse(`there is no benchmark "${only}"; there are ${known}`)
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`)
  process.exit(2)
}
