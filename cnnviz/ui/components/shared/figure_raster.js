// A drawing as a picture with twice as many pixels along each side.
export const TWICE = 2;

export async function pngOf({ text, width, height }) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [TWICE * width, TWICE * height];
    sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
    return await new Promise((done) => sheet.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
