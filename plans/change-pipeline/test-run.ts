import { runProgram } from './program.ts'

export interface TestRun {
  readonly passed: number
  readonly failed: readonly string[]
  /** All that the tests said, in the Test Anything Protocol. */
  readonly text: string
}

/** Runs the tests of a project. A test whose process dies has failed like any other. */
export async function runTests(workTree: string, signal: AbortSignal): Promise<TestRun> {
  const args = ['--test', '--test-reporter=tap']
  const options = { cwd: workTree, env: environment(), signal }
  const { code, stdout, stderr } = await runProgram(process.execPath, args, options)
  const failed = [...stdout.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, name = '']) => name)
  if (code !== 0 && failed.length === 0) failed.push(`the run of the tests: ${stderr.trim()}`)
  const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1] ?? 0)
  return { passed, failed, text: `${stdout}\n${stderr}`.trim() }
}

/** Tests inside of tests, and options meant for this process, would be taken for something else. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...rest } = process.env
  return rest
}
