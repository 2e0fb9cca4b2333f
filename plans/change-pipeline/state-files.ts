import { join, resolve } from 'node:path'

/** What the pipeline leaves behind. All paths are absolute. */
export interface StateFiles {
  readonly folder: string
  /** The work tree of the git repository. */
  readonly repository: string
}

/** `SETPOINT_CHANGE_PIPELINE_DIR`, or `.setpoint/change-pipeline` below the current folder. */
export function stateFiles(
  folder = process.env['SETPOINT_CHANGE_PIPELINE_DIR'] ?? '.setpoint/change-pipeline',
): StateFiles {
  const path = resolve(folder)
  return { folder: path, repository: join(path, 'repository') }
}

/** What the tests said of the ticket's last try that failed. */
export function reportFile(ticket: string): string {
  return join(stateFiles().folder, 'reports', `${ticket}.txt`)
}
