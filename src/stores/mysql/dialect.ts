import type { Dialect, GivenColumns, GivenType, Index, Update } from '../sql/dialect.ts'

/**
 * What MySQL 8 and MariaDB 10.6 both understand. Both in one: neither RETURNING nor LATERAL, since
 * each has only one of them.
 * @param collation compares code points and counts trailing spaces; each server calls it otherwise
 */
export function mysqlDialect(collation: string): Dialect {
  const charset = `CHARACTER SET utf8mb4 COLLATE ${collation}`
  const types = {
    serial: 'bigint NOT NULL AUTO_INCREMENT PRIMARY KEY',
    text: 'longtext',
    name: 'varchar(255)',
    hash: 'varchar(43)',
  }
  const given = (columns: GivenColumns) => {
    const cells = Object.entries(columns).map(
      ([name, type]) => `${name} ${toGivenType(type, types, charset)} PATH '$.${name}'`,
    )
    return `JSON_TABLE(?, '$[*]' COLUMNS (${cells.join(', ')})) AS given`
  }
  return {
    name: 'mysql',
    types,
    tableOptions: ` ENGINE = InnoDB DEFAULT ${charset}`,
    ownTables: [
      `CREATE TABLE numbers (number ${types.serial}) ENGINE = InnoDB`,
      `CREATE TABLE writers (
        writer ${types.hash} NOT NULL PRIMARY KEY, changes bigint NOT NULL,
        at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
      ) ENGINE = InnoDB DEFAULT ${charset}`,
    ],
    index: toIndex,
    given,
    update: (update) => toUpdate(update, given(update.given)),
    upsert(insert, key, set) {
      // Nothing happens to a row that gets the key which it has.
      const kept = key.slice(0, 1).map((column): [string, string] => [column, `VALUES(${column})`])
      const changes = Object.entries(set)
      return `${insert} ON DUPLICATE KEY UPDATE ${assign(changes.length > 0 ? changes : kept)}`
    },
    incoming: (column) => `VALUES(${column})`,
    skipLocked: 'FOR UPDATE SKIP LOCKED',
    hasLateral: false,
    hasReturning: false,
  }
}

function toGivenType(type: GivenType, types: Dialect['types'], charset: string): string {
  if (type === 'bigint') return 'bigint'
  if (type === 'double') return 'double'
  return `${types[type]} ${charset}`
}

/** There are no partial indexes: what they would leave out comes first or stays in. */
function toIndex({ name, table, columns, unique = false, instead = [] }: Index): string {
  const all = [...instead, ...columns].join(', ')
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table} (${all})`
}

/** The given rows lead, so each finds its row by index. */
function toUpdate({ table, set, where }: Update, given: string): string {
  const changes = Object.entries(set).map(([column, expression]): [string, string] => [
    `${table}.${column}`,
    expression,
  ])
  return `UPDATE ${given} STRAIGHT_JOIN ${table} ON (${where}) SET ${assign(changes)}`
}

/**
 * Assignments happen one after the other and read what those before them have written, in other
 * engines they read the row as it was: so the ones that read a column come before the one that
 * writes it.
 */
function assign(changes: readonly (readonly [column: string, expression: string])[]): string {
  const rest = [...changes]
  const ordered: string[] = []
  while (rest.length > 0) {
    const free = rest.findIndex(
      ([column], place) => !rest.some(([, other], its) => its !== place && reads(other, column)),
    )
    const [[column, expression] = ['', '']] = rest.splice(free, 1)
    if (free < 0) throw new Error(`assignments that need each other's old values: ${changes}`)
    ordered.push(`${column} = ${expression}`)
  }
  return ordered.join(', ')
}

/** Whether it is named with its table, or plain; `given.<column>` and `VALUES(<column>)` are others. */
function reads(expression: string, column: string): boolean {
  const name = column.slice(column.lastIndexOf('.') + 1)
  return new RegExp(`(?<!given\\.|VALUES\\()\\b${name}\\b`).test(expression)
}
