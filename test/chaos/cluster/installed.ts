import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Fault, ServerName } from '../fault.ts'

/** A program, or where the programs are. */
const PROGRAMS: Readonly<Record<ServerName, string>> = {
  mysql: 'mariadbd',
  postgres: '/usr/lib/postgresql',
  redis: 'redis-server',
  rabbitmq: '/usr/lib/rabbitmq/bin/rabbitmq-server',
}

/** The servers that the fault would start for itself and that are not installed. */
export function missingOf({ needs = [] }: Fault): readonly ServerName[] {
  return needs.filter((name) => !isInstalled(PROGRAMS[name]))
}

function isInstalled(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program)
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, program)))
}
