/** The whole size that a `Content-Range` header tells; 0 when it tells none. */
export function sizeOf(contentRange: string | null | undefined): number {
  return Number(/\/(\d+)$/.exec(contentRange ?? '')?.[1] ?? 0)
}
