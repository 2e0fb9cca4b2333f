import { shellCases } from './cases.ts'
import type { CommandWords } from './words.ts'

/** Works in the bash 3.2 of macOS too, and needs no bash-completion. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# bash completion of setpoint, as \`setpoint completion bash\` prints it
${shellCases(commands)}
${DRIVER}`
}

// Bash splits words at "=", so an option with its value may be three of them.
const DRIVER = `_setpoint() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" option="\${COMP_WORDS[COMP_CWORD-1]}"
  local at='' place=0 awaited='' kind='' index word list
  [ "$cur" = '=' ] && cur=''
  [ "$option" = '=' ] && option="\${COMP_WORDS[COMP_CWORD-2]}"
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [ "$word" = '=' ]; then awaited=1
    elif [ -n "$awaited" ]; then awaited=''
    elif [[ $word == -* ]]; then _setpoint_value "$at" "$word" >/dev/null && awaited=1
    elif _setpoint_commands "$at" | grep -q "^$word	"; then at="\${at:+$at }$word"
    else place=$((place + 1))
    fi
  done
  [ "\${COMP_WORDS[COMP_CWORD]}" = '=' ] && awaited=1
  if [ -n "$awaited" ]; then kind=$(_setpoint_value "$at" "$option")
  elif [[ $cur == -* ]]; then list=$(_setpoint_options "$at")
  else
    list=$(_setpoint_commands "$at")
    [ -n "$list" ] || kind=$(_setpoint_argument "$at" "$place")
  fi
  COMPREPLY=()
  case "$kind" in
    '') ;;
    nothing) return ;;
    file) compopt -o filenames 2>/dev/null; list=$(compgen -f -- "$cur") ;;
    folder) compopt -o filenames 2>/dev/null; list=$(compgen -d -- "$cur") ;;
    '= '*) list=$(printf '%s\\n' \${kind#= }) ;;
    *) list=$("\${COMP_WORDS[0]}" __complete "$kind" "\${COMP_WORDS[@]:1}" 2>/dev/null) ;;
  esac
  while IFS= read -r word; do
    word="\${word%%	*}"
    [[ -n $word && $word == "$cur"* ]] && COMPREPLY+=("$word")
  done <<< "$list"
}
complete -F _setpoint setpoint
`
