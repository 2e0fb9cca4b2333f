export const MIB = 1024 * 1024
export const GIB = 1024 * MIB

/** `712 KiB`, `1.5 MiB`, `88 MiB`, `3.2 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < MIB) return `${Math.ceil(bytes / 1024)} KiB`
  const [value, unit] = bytes < GIB ? [bytes / MIB, 'MiB'] : [bytes / GIB, 'GiB']
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}
