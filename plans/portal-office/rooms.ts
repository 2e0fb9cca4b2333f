/** Where a session of the portal can be: it is in one room at a time. */
export type Room = 'desk' | 'rooms' | 'archive' | 'invoices'

/** The doors that lead into a room, by the room that they lead from. */
const DOORS: Readonly<Record<Room, readonly Room[]>> = {
  desk: ['rooms', 'archive', 'invoices'],
  rooms: ['desk'],
  archive: ['rooms'],
  invoices: ['desk', 'rooms'],
}

export function isRoom(name: string): name is Room {
  return Object.hasOwn(DOORS, name)
}

export function mayEnter(room: Room, from: Room): boolean {
  return room === from || DOORS[room].includes(from)
}
