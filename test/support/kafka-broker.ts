import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { urlOf } from './services.ts'

/**
 * The brokers of `describeService('kafka', …)`: the given ones, or else a mock broker that kcat runs
 * until the test is over. The mock creates topics when they are first used.
 */
export async function startKafka(): Promise<readonly string[]> {
  const given = urlOf('kafka')
  return given === '' ? [await startMock()] : given.split(',')
}

/** A consumer of a topic that nobody writes keeps running, and says where its broker listens. */
async function startMock(): Promise<string> {
  const args = ['-C', '-t', 'unused', '-X', 'test.mock.num.brokers=1', '-b', 'mock']
  const kcat = spawn('kcat', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void kcat.kill('SIGKILL'))
  const said: string[] = []
  return new Promise((resolve, reject) => {
    createInterface({ input: kcat.stderr }).on('line', (line) => {
      said.push(line)
      const broker = /Mock cluster enabled.* replaced with (\S+)$/.exec(line)?.[1]
      if (broker !== undefined) resolve(broker)
    })
    kcat.once('error', reject)
    kcat.once('exit', () => reject(new Error(`kcat ended: ${said.join('\n')}`)))
  })
}
