import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Connections, watchConnections } from '../connections.ts'
import type { Fault, FaultContext, Figure } from '../fault.ts'
import { openReadOnlyFolder } from '../read-only-folder.ts'
import { Site } from '../site.ts'

const LOCK_HOLDER = fileURLToPath(new URL('../lock-holder.ts', import.meta.url))

export const fault: Fault = {
  id: 'R5',
  title: 'Disk full, database locked, read-only',
  description:
    'While work runs, the database may not grow by a page, is locked by another process, or may not be written; then the fault goes away. And a folder that is read-only when the store is opened.',
  inflict,
}

/** A fault that comes over a database that is open, and goes again. */
interface Trouble {
  readonly name: string
  /** The code with which submissions must be refused. */
  readonly code: string
  begin(): Promise<void>
  end(): Promise<void>
}

async function inflict({ folder, progress }: FaultContext): Promise<readonly Figure[]> {
  const connections = watchConnections()
  const site = new Site(join(folder, 'setpoint.db'))
  try {
    await site.open()
    const figures: Figure[] = []
    for (const trouble of troubles(connections, site.file)) {
      progress(trouble.name)
      figures.push(...(await endure(site, trouble)))
    }
    const check = connections.tell('PRAGMA integrity_check')
    figures.push({ name: 'damage found afterwards', value: check === 'ok' ? 0 : 1, expected: 0 })
    return [...figures, ...(await openReadOnlyFolder(folder))]
  } finally {
    await site.close()
    connections.release()
  }
}

function troubles(connections: Connections, file: string): readonly Trouble[] {
  let holder: ChildProcess | undefined
  return [
    {
      name: 'disk full',
      code: 'store_full',
      begin: async () => {
        const pages = connections.tell('PRAGMA page_count')
        connections.tell(`PRAGMA max_page_count = ${pages}`)
      },
      end: async () => void connections.tell('PRAGMA max_page_count = 1073741823'),
    },
    {
      name: 'locked',
      code: 'store_locked',
      begin: async () => {
        holder = spawn(process.execPath, [LOCK_HOLDER, file], {
          stdio: ['pipe', 'pipe', 'inherit'],
        })
        if (holder.stdout !== null) await once(holder.stdout, 'data')
      },
      end: async () => {
        if (holder === undefined) return
        const gone = once(holder, 'exit')
        holder.stdin?.end()
        await gone
      },
    },
    {
      name: 'not writable',
      code: 'store_readonly',
      begin: async () => void connections.tell('PRAGMA query_only = ON'),
      end: async () => void connections.tell('PRAGMA query_only = OFF'),
    },
  ]
}

/** Work is running when the trouble begins; it ends in the middle of it, and is settled after it. */
async function endure(site: Site, { name, code, begin, end }: Trouble): Promise<readonly Figure[]> {
  const held = await site.submitHeld()
  await begin()
  const refusals = await site.submitMany().finally(() => site.finishHeld())
  await site.settlementFailed()
  await end()
  const output = await held.result({ timeout: '30s' })
  const after = await site.submitAndRun()
  const unclear = refusals.filter((refusal) => refusal !== code)
  return [
    { name: `submissions while ${name}`, value: refusals.length },
    { name: `not refused with ${code}`, value: unclear.length, expected: 0, details: unclear },
    { name: `traces of refused submissions, ${name}`, value: await site.traces(), expected: 0 },
    { name: `running work lost, ${name}`, value: output === undefined ? 1 : 0, expected: 0 },
    { name: `not working again without a restart, ${name}`, value: after ? 0 : 1, expected: 0 },
  ]
}
