import type { Command } from 'commander'
import { INTERRUPT_SWITCH } from '../interrupts.ts'
import { addSwitch } from '../switch.ts'
import type { CommandContext } from './context.ts'

export function addInterruptEnable(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, INTERRUPT_SWITCH, {
    name: 'enable',
    description: 'let an interrupt fire again',
    note: 'A running process takes notice within seconds.',
  })
}
