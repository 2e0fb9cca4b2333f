import type { Command } from 'commander'
import { addSwitch, INTERRUPT_SWITCH } from '../switch.ts'
import type { CommandContext } from './context.ts'

export function addInterruptDisable(parent: Command, context: CommandContext): void {
  addSwitch(parent, context, INTERRUPT_SWITCH, {
    name: 'disable',
    description: 'keep an interrupt from firing, in every process on the database',
    note: 'An answer that is under way is brought to its end.',
  })
}
