import type { Command } from 'commander'
import { addSwitch, SCHEDULE_SWITCH } from '../switch.ts'
import type { CommandContext } from './context.ts'

export function addScheduleDisable(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, SCHEDULE_SWITCH, {
    name: 'disable',
    description: 'let a schedule fire no more',
    note: 'What it has submitted goes on. A running process takes notice within seconds.',
  })
}
