export const rows = Array.from({ length: 1_000 }, (_, index) => index)
