import { taskletMachine } from '../../../machines/tasklet.ts'
import { type ExportFormat, exportMachine } from '../../plan/interchange/export.ts'

/** The statechart over the statuses and phases of every tasklet, as text. */
export function exportLife(format: ExportFormat): string {
  const { config } = taskletMachine
  return exportMachine(
    { config: config as Record<string, unknown>, machine: taskletMachine, states: new Map() },
    format,
  )
}
