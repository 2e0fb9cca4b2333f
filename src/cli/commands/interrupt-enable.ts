import type { Command } from 'commander'
import { addInterruptSwitch } from '../interrupt-switch.ts'
import type { CommandContext } from './context.ts'

export function addInterruptEnable(parent: Command, context: CommandContext): void {
  addInterruptSwitch(parent, context, {
    name: 'enable',
    description: 'let an interrupt fire again',
    enabled: true,
    note: 'A running process takes notice within seconds.',
  })
}
