import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { inflictAll } from './harness.ts'
import { toReport, toTable } from './report.ts'

const USAGE = `npm run chaos -- [--short] [--only R1] [--seed 42]

  --short   fewer faults, for every run of CI
  --only    one fault
  --seed    repeats the choices of an earlier run

A whole run writes docs/reliability.md; the others only print what they found. The exit code is 1
when any figure is not what it must be.`

const REPORT = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))

await main()

async function main(): Promise<void> {
  const { short, only, seed, help } = readArguments()
  if (help) {
    console.log(USAGE)
    return
  }
  const chosen = seed === undefined ? Math.floor(Math.random() * 1e9) : Number(seed)
  if (!Number.isInteger(chosen)) refuse(`--seed is an integer, not ${seed}`)
  const form = short ? 'short' : 'full'
  const progress = (line: string) => console.error(line)
  const findings = await inflictAll({ form, seed: chosen, only, progress })
  if (findings.length === 0) refuse(`there is no fault ${only}`)
  console.log(toTable(findings))
  if (!short && only === undefined) writeFileSync(REPORT, toReport(findings, chosen))
  const failed = findings.filter(({ violated }) => violated)
  if (failed.length === 0) return
  for (const { fault } of failed) {
    const repeat = `npm run chaos -- ${short ? '--short ' : ''}--only ${fault.id} --seed ${chosen}`
    console.error(`${fault.id} is violated; to repeat it: ${repeat}`)
  }
  process.exitCode = 1
}

function readArguments() {
  try {
    const options = {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`)
  process.exit(2)
}
