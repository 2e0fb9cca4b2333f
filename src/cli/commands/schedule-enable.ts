import type { Command } from 'commander'
import { addSwitch, SCHEDULE_SWITCH } from '../switch.ts'
import type { CommandContext } from './context.ts'

export function addScheduleEnable(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, SCHEDULE_SWITCH, {
    name: 'enable',
    description: 'let a schedule fire again',
    note: 'What passed while it was off is not made up for. A running process takes notice within seconds.',
  })
}
