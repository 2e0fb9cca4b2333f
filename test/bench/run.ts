import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Benchmark, Form } from './benchmark.ts'
import { describeEnvironment } from './environment.ts'
import { measure, type Source } from './harness.ts'
import { type Finding, toReport } from './report.ts'
import { Services } from './services/services.ts'

const USAGE = `npm run bench -- [--quick] [--only B4]

  --quick   less work and fewer runs, to try things out
  --only    one benchmark

A whole run writes docs/benchmarks.md; the others only print what they found.`

const CASES = [
  'b1-durable-throughput',
  'b2-submission',
  'b3-start-latency',
  'b4-throughput',
  'b5-backlog',
  'b6-live-tasklets',
  'b7-planning',
  'b8-affinity',
  'b9-observation',
  'b10-worker-processes',
]
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
  const { findings, services } = await measureAll(sources, form, runs)
  const report = toReport(findings, [...environment, ...services], runs)
  console.log(report)
  if (!quick && only === undefined) writeFileSync(REPORT, report)
}

async function measureAll(sources: readonly Source[], form: Form, runs: number) {
  const services = new Services()
  // Servers end with this process, also when it is interrupted.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  try {
    const findings: Finding[] = []
    for (const source of sources) {
      const progress = (line: string) => console.error(line)
      const results = await measure(source, { form, runs, services, progress })
      const { benchmark } = source
      const section = benchmark.report(results, form)
      findings.push({ benchmark, section, skipped: results.skipped })
    }
    return { findings, services: services.descriptions() }
  } finally {
    await services.close()
  }
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
