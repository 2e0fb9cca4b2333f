import { shellCases } from './cases.ts'
import type { CommandWords } from './words.ts'

/** Works when it is sourced, and as the file _setpoint in a folder of \`fpath\`. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef setpoint
# zsh completion of setpoint, as \`setpoint completion zsh\` prints it
${shellCases(commands)}
${DRIVER}`
}

const DRIVER = `_setpoint() {
  emulate -L zsh
  local cur="\${words[CURRENT]}" option="\${words[CURRENT-1]}"
  local at='' awaited='' kind='' list='' word line
  local -i place=0 index
  local -a known offers
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    known=("\${(@f)$(_setpoint_commands "$at")}")
    if [[ -n $awaited ]]; then awaited=''
    elif [[ $word == -* ]]; then _setpoint_value "$at" "$word" >/dev/null && awaited=1
    elif (( \${known[(I)\${(b)word}	*]} )); then at="\${at:+$at }$word"
    else place=$((place + 1))
    fi
  done
  if [[ -z $awaited && $cur == --*=* ]]; then
    option="\${cur%%=*}"
    compset -P '*='
    awaited=1
  fi
  if [[ -n $awaited ]]; then kind=$(_setpoint_value "$at" "$option")
  elif [[ $cur == -* ]]; then list=$(_setpoint_options "$at")
  else
    list=$(_setpoint_commands "$at")
    [[ -n $list ]] || kind=$(_setpoint_argument "$at" "$place")
  fi
  case "$kind" in
    '') ;;
    nothing) return 1 ;;
    file) _files; return ;;
    folder) _files -/; return ;;
    '= '*) compadd -- \${(s: :)kind#= }; return ;;
    *) list=$("\${words[1]}" __complete "$kind" "\${(@)words[2,CURRENT]}" 2>/dev/null) ;;
  esac
  for line in "\${(@f)list}"; do
    [[ -n $line ]] || continue
    line="\${line//:/\\\\:}"
    offers+=("\${line/	/:}")
  done
  _describe setpoint offers
}
if [ "$funcstack[1]" = _setpoint ]; then _setpoint "$@"; else compdef _setpoint setpoint; fi
`
