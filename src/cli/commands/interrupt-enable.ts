import type { Command } from 'commander'
import { addSwitch, INTERRUPT_SWITCH } from '../switch.ts'
import type { CommandContext } from './context.ts'

export function addInterruptEnable(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, INTERRUPT_SWITCH, {
    name: 'enable',
    description: 'let an interrupt fire again',
    note: 'A running process takes notice within seconds.',
  })
}
