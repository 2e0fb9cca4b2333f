import type { Command } from 'commander'
import { addInterruptSwitch } from '../interrupt-switch.ts'
import type { CommandContext } from './context.ts'

export function addInterruptDisable(parent: Command, context: CommandContext): void {
  addInterruptSwitch(parent, context, {
    name: 'disable',
    description: 'keep an interrupt from firing, in every process on the database',
    enabled: false,
    note: 'An answer that is under way is brought to its end.',
  })
}
