import type { Dialect, GivenType, Index, Update } from '../sql/dialect.ts'

// Texts compare by code points, and faster than by the rules of a language.
const COLLATION = 'COLLATE "C"'

const GIVEN: Readonly<Record<GivenType, string>> = {
  bigint: 'bigint',
  double: 'double precision',
  text: 'text',
  name: `text ${COLLATION}`,
  hash: `text ${COLLATION}`,
}

export const DIALECT: Dialect = {
  name: 'postgres',
  types: {
    serial: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    text: `text ${COLLATION}`,
    name: `text ${COLLATION}`,
    hash: `text ${COLLATION}`,
  },
  tableOptions: '',
  ownTables: ['CREATE SEQUENCE tasklet_sequence'],
  index: ({ name, table, columns, unique, where }: Index) =>
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${table} (${columns.join(', ')})${
      where === undefined ? '' : ` WHERE ${where}`
    }`,
  given: (columns) => {
    const list = Object.entries(columns).map(([name, type]) => `${name} ${GIVEN[type]}`)
    return `json_to_recordset(?::json) AS given (${list.join(', ')})`
  },
  update: ({ table, given, set, where }: Update) => {
    const list = Object.entries(set).map(([column, expression]) => `${column} = ${expression}`)
    return `UPDATE ${table} SET ${list.join(', ')} FROM ${DIALECT.given(given)} WHERE ${where}`
  },
  upsert: (insert, key, set) => {
    const list = Object.entries(set).map(([column, expression]) => `${column} = ${expression}`)
    const deed = list.length === 0 ? 'NOTHING' : `UPDATE SET ${list.join(', ')}`
    return `${insert} ON CONFLICT (${key.join(', ')}) DO ${deed}`
  },
  incoming: (column) => `excluded.${column}`,
  skipLocked: 'FOR UPDATE SKIP LOCKED',
  hasLateral: true,
  hasReturning: true,
}
