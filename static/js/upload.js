/* [data-upload]: shows the chosen picture, and sends it at once where data-upload-url is given.
   A [data-upload-way] opens once its permission was given; the plain choice of a file needs none.
   The picture is drawn on a canvas, so the page's policy need not allow blob: addresses. */
(() => {
  "use strict";
  const TIMEOUT = 120000;

  const answerOf = (request) => {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  };

  const accepts = (input, file) =>
    !input.accept || input.accept.split(",").some((type) => {
      const wanted = type.trim();
      if (wanted.startsWith(".")) return file.name.toLowerCase().endsWith(wanted);
      return wanted.endsWith("/*") ? file.type.startsWith(wanted.slice(0, -1)) : file.type === wanted;
    });

  const prepare = (box) => {
    const inputs = [...box.querySelectorAll("input[type=file]")];
    const frame = box.querySelector("[data-upload-frame]");
    const bar = box.querySelector("[data-upload-progress]");
    const state = box.querySelector("[data-upload-state]");
    const retry = box.querySelector("[data-upload-retry]");
    let chosen = null;
    let from = null; // the input it was chosen with

    const show = (kind, words) => {
      box.classList.remove("upload--failed", "upload--done");
      if (kind) box.classList.add(`upload--${kind}`);
      state.textContent = words;
    };

    const preview = async (file) => {
      frame.querySelectorAll("img, canvas").forEach((old) => old.remove());
      box.classList.remove("upload--chosen");
      if (!file.type.startsWith("image/") || !window.createImageBitmap) return;
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, 960 / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", "所选图片预览");
      frame.append(canvas);
      box.classList.add("upload--chosen");
    };

    const fail = (words, again) => {
      bar.hidden = true;
      retry.hidden = !again;
      show("failed", words);
    };

    const received = (request) => {
      const answer = answerOf(request);
      if (request.status >= 200 && request.status < 300) {
        if (answer.location) window.location.assign(answer.location);
        bar.hidden = true;
        inputs.forEach((input) => {
          input.value = "";
          input.required = false;
        });
        show("done", answer.message || "已上传");
      } else {
        fail(answer.error || "上传没有成功，请重试", !answer.error || request.status >= 500);
      }
    };

    const send = () => {
      const form = new FormData();
      const token = from.form?.querySelector("[name=csrfmiddlewaretoken]");
      // The token goes first: a picture that is cut off as too big must not take it along.
      if (token) form.append(token.name, token.value);
      form.append(from.name, chosen);
      const request = new XMLHttpRequest(); // fetch cannot tell how much has been sent
      request.open("POST", box.dataset.uploadUrl);
      request.setRequestHeader("Accept", "application/json");
      request.timeout = TIMEOUT;
      request.upload.addEventListener("progress", (sent) => {
        if (!sent.lengthComputable) return;
        bar.value = Math.round((sent.loaded / sent.total) * 100);
      });
      request.addEventListener("load", () => received(request));
      request.addEventListener("error", () => fail("网络中断，照片没有传完", true));
      request.addEventListener("timeout", () => fail("网络太慢，照片没有传完", true));
      retry.hidden = true;
      bar.value = 0;
      bar.hidden = false;
      show("", "正在上传…");
      request.send(form);
    };

    const take = async (input) => {
      const file = input.files[0];
      if (!file) return;
      const limit = Number(box.dataset.maxMb);
      const tooLarge = file.size > limit * 1024 * 1024;
      if (tooLarge || !accepts(input, file)) {
        input.value = "";
        fail(tooLarge ? `照片超过 ${limit} MB，请重新拍一张` : "请选择照片文件，不能是文档或视频", false);
        return;
      }
      [chosen, from] = [file, input];
      show("", "已选择，点图片可更换");
      try {
        await preview(file);
      } catch {
        // Few browsers can show an iPhone's own format; the server can read it.
        if (!/hei[cf]$/i.test(file.type || file.name)) {
          fail("这张照片打不开，请换一张", false);
          input.value = "";
          return;
        }
        show("", "已选择，这种格式上传后才能看到");
      }
      if (box.dataset.uploadUrl) send();
    };

    const answered = (way, agreed, words) => {
      const input = way.querySelector("input");
      if (!agreed) return show("", words);
      way.querySelector("a")?.remove();
      for (const part of [input, way.querySelector("label")]) part.hidden = false;
      input.disabled = false;
      show("", `已同意，请点“${way.querySelector("label").textContent}”`);
      input.focus();
      input.click(); // opens it at once where the browser still counts the tap on 同意
    };

    inputs.forEach((input) => input.addEventListener("change", () => take(input)));
    document.addEventListener("permission", ({ detail }) => {
      const way = box.querySelector(`[data-upload-way="${detail.code}"]`);
      if (way) answered(way, detail.agreed, detail.words);
    });
    retry.addEventListener("click", send);
    box.classList.add("upload--live");
  };

  document.querySelectorAll("[data-upload]").forEach(prepare);
})();
