import type { Command } from 'commander'
import { addScheduleSwitch } from '../schedule-switch.ts'
import type { CommandContext } from './context.ts'

export function addScheduleDisable(parent: Command, context: CommandContext): void {
  addScheduleSwitch(parent, context, {
    name: 'disable',
    description: 'let a schedule fire no more',
    enabled: false,
    note: 'What it has submitted goes on. A running process takes notice within seconds.',
  })
}
