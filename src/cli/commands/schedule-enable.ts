import type { Command } from 'commander'
import { addScheduleSwitch } from '../schedule-switch.ts'
import type { CommandContext } from './context.ts'

export function addScheduleEnable(parent: Command, context: CommandContext): void {
  addScheduleSwitch(parent, context, {
    name: 'enable',
    description: 'let a schedule fire again',
    enabled: true,
    note: 'What passed while it was off is not made up for. A running process takes notice within seconds.',
  })
}
