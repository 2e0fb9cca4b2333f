import { Argument, type Command } from 'commander'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { type CommandWords, commandWords } from '../completion/words.ts'
import { zshScript } from '../completion/zsh.ts'
import { EXIT } from '../failure.ts'
import type { CommandContext } from './context.ts'

const SHELLS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

export function addCompletion(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('completion')
    .description('print the script by which a shell completes commands, options and names')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: string) => {
      io.stdout.write(SHELLS[shell]?.(commandWords(parent)) ?? '')
      end(EXIT.done)
    })
}

const EXAMPLES = `
The names of plans and tasks come from the plan.yaml files, those of queues and tasklets from the
database; --plans and --db count where they are given before.

Examples:
  $ source <(setpoint completion bash)                       # in ~/.bashrc
  $ source <(setpoint completion zsh)                        # in ~/.zshrc, after compinit
  $ setpoint completion fish > ~/.config/fish/completions/setpoint.fish
`
