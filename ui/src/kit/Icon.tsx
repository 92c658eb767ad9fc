// One set of line icons, drawn on 24 units with a 2-unit pen.
const paths = {
  today: "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5M8 14h3M8 17h6",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M7 8v8M11 8v8M14 8v8M17 8v8",
  find: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-6 7.500-6s6.500 2 7.500 6",
  check: "M4.500 12.500l5 5 10-11",
  alert: "M12 4 2.500 20h19zM12 10v4.500M12 17.200v.300",
  danger: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16v.300",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2",
  device: "M6 3h12v18H6zM11 18h2",
  sending: "M7 18a4 4 0 0 1-.500-8A5.500 5.500 0 0 1 17 9a4.500 4.500 0 0 1 .500 9M12 20v-8M9 14.500l3-3 3 3",
  received: "M7 18a4 4 0 0 1-.500-8A5.500 5.500 0 0 1 17 9a4.500 4.500 0 0 1 .500 9H7zM9 13.500l2.200 2.200 4-4.200",
  offline: "M4 4l16 16M7 18a4 4 0 0 1-.500-8 5.400 5.400 0 0 1 1-1.800M10.500 6.200A5.500 5.500 0 0 1 17 9a4.500 4.500 0 0 1 2.800 7.500M7 18h9",
  phone: "M6 3h3l1.500 5-2 1.500a12 12 0 0 0 6 6l1.500-2 5 1.500v3c0 1.500-1 2.500-2.500 2.500C11 20.500 3.500 13 3.500 5.500 3.500 4 4.500 3 6 3z",
  route: "M12 21s7-6.500 7-12a7 7 0 1 0-14 0c0 5.500 7 12 7 12zM12 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  back: "M15 4l-8 8 8 8",
  next: "M9 4l8 8-8 8",
  down: "M4 9l8 8 8-8",
  camera: "M3 8h4l2-3h6l2 3h4v12H3zM12 17a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z",
  picture: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 5M15.500 9.500v.100",
  keyboard: "M2.500 6h19v12h-19zM6 10h.100M10 10h.100M14 10h.100M18 10h.100M7 14h10",
  close: "M5 5l14 14M19 5 5 19",
  plus: "M12 4v16M4 12h16",
  minus: "M4 12h16",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  print: "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
  save: "M12 3v12M7 11l5 5 5-5M4 20h16",
  pen: "M4 20l1-5L16 4l4 4L9 19zM13.500 6.500l4 4",
  card: "M3 5h18v14H3zM3 10h18M6.500 15h4",
  task: "M5 4h14v17H5zM9 3h6v3H9zM8.500 12l2 2 4-4.500",
  sync: "M20 11a8 8 0 0 0-14.500-3.500M4 4v4.500h4.500M4 13a8 8 0 0 0 14.500 3.500M20 20v-4.500h-4.500",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.500v.200",
  erase: "M8 5h13v14H8l-6-7zM11.500 9l6 6M17.500 9l-6 6",
  board: "M3 5h18v14H3zM3 10h18M9 10v9",
  eye: "M2 12s3.500-7 10-7 10 7 10 7-3.500 7-10 7S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  note: "M5 3h14v18H5zM8.500 8h7M8.500 12h7M8.500 16h4",
  torch: "M8 3h8v4l-2 3v11h-4V10L8 7zM8 6.500h8",
  machine: "M5 3h14v18H5zM5 9h14M9 5.500v1.500M9 12v3",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3.500 6 3.500 9s-.500 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3z",
  fork: "M7 3v6c0 4 5 4 5 8v4M17 3v6c0 4-5 4-5 8M4 6l3-3 3 3M14 6l3-3 3 3",
  van: "M2 6h12v10H2zM14 10h4l4 3.500V16h-8M7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  park: "M4 4h16v16H4zM9 8v8M15 8v8",
} as const;

export type IconName = keyof typeof paths;

/** Always beside words; decorative for a screen reader. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size / 16 + "rem"}
      height={size / 16 + "rem"}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  );
}
