"""Which student handed in which file, in folders and zips as learning platforms export them."""

import os
import stat
import subprocess
import zipfile

import pytest

from ganlib.grade import archive
from ganlib.grade.archive import Refused
from ganlib.grade.submissions import submissions


@pytest.fixture(params=["folder", "zip"])
def hand_in(request, tmp_path):
    """Lay out files (path to bytes) in a folder, or zip them; return its path."""

    def lay(files, name="export"):
        if request.param == "folder":
            for path, content in files.items():
                target = tmp_path / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            return tmp_path / name
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as file:
            for path, content in files.items():
                file.writestr(path, content)
        return tmp_path / f"{name}.zip"

    return lay


def who(path):
    return [(one.student, one.id, one.read()) for one in submissions(path)]


def test_moodle_with_folders(hand_in):
    files = {
        "Zoë Müller_123_assignsubmission_file_/lab.ipynb": b"1",
        "Ng, Anna_77_assignsubmission_file_/sub/lab.py": b"2",
        "Bo_5_assignsubmission_file/x.ipynb": b"3",
    }
    assert who(hand_in(files)) == [("Bo", "5", b"3"), ("Ng, Anna", "77", b"2"), ("Zoë Müller", "123", b"1")]


def test_moodle_without_folders(hand_in):
    files = {"Ann Lee_12_assignsubmission_file_my_lab.ipynb": b"1", "Bob_13_assignsubmission_file_a.py": b"2"}
    assert who(hand_in(files)) == [("Ann Lee", "12", b"1"), ("Bob", "13", b"2")]


def test_canvas(hand_in):
    files = {"leeann_4711_99_lab-1.ipynb": b"1", "bobross_LATE_12_100_lab_final.py": b"2"}
    assert who(hand_in(files)) == [("bobross", "12", b"2"), ("leeann", "4711", b"1")]


@pytest.mark.parametrize("top", ["submitted/", ""])
def test_nbgrader(hand_in, top):
    files = {f"{top}ann/wgan/lab.ipynb": b"1", f"{top}bob/wgan/lab.ipynb": b"2", f"{top}bob/wgan/timestamp.txt": b"now"}
    assert who(hand_in(files, name="submitted")) == [("ann", "", b"1"), ("bob", "", b"2")]


@pytest.mark.parametrize("top", ["", "class of 2026/"])
def test_a_folder_for_each_student_or_plain_files(hand_in, top):
    files = {f"{top}ann/lab.ipynb": b"1", f"{top}bob/lab.py": b"2"}
    assert who(hand_in(files)) == [("ann", "", b"1"), ("bob", "", b"2")]


def test_plain_files(hand_in):
    files = {"ann.ipynb": b"1", "ann.py": b"2", "bob.py": b"3", "notes.txt": b"4", ".hidden.py": b"5"}
    found = submissions(hand_in(files))
    assert [(one.student, one.file) for one in found] == [("ann", "ann.ipynb"), ("bob", "bob.py"), ("notes", "")]


def test_who_handed_in_nothing_readable_is_listed_all_the_same(hand_in):
    path = hand_in({"Ann_1_assignsubmission_file_/lab.pdf": b"%PDF", "Bob_2_assignsubmission_file_/lab.py": b"x"})
    ann, bob = submissions(path)
    assert "lab.pdf" in ann.note and bob.read() == b"x"
    with pytest.raises(Refused, match=r"no \.ipynb or \.py"):
        ann.read()


def test_of_several_files_the_newest_notebook_counts(tmp_path):
    for number, name in enumerate(("b.ipynb", "a.ipynb", "c.py")):
        (tmp_path / "ann").mkdir(exist_ok=True)
        path = tmp_path / "ann" / name
        path.write_bytes(name.encode())
        os.utime(path, (1000 + number, 1000 + number))
    (tmp_path / "bob.py").write_bytes(b"")
    ann, _ = submissions(tmp_path)
    assert ann.read() == b"a.ipynb" and ann.note == "handed in 2 .ipynb files"


@pytest.mark.parametrize(
    ("name", "number"),
    [("leeann_4711_99_all.zip", "4711"), ("leeann.zip", ""), ("leeann_4711_assignsubmission_file_a.zip", "4711")],
)
def test_a_zip_without_a_folder_is_its_student_s(hand_in, tmp_path, name, number):
    """Also when a path inside it claims to be another student's."""
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as file:
        file.writestr("Bo_2_assignsubmission_file_/lab.ipynb", "1")
    files = {name: (tmp_path / "inner.zip").read_bytes(), "Bo_2_assignsubmission_file_/lab.ipynb": b"2"}
    assert who(hand_in(files)) == [("Bo", "2", b"2"), ("leeann", number, b"1")]


def test_a_student_s_own_zip_is_looked_into(hand_in, tmp_path):
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as file:
        file.writestr("work/lab.ipynb", "1")
        file.writestr("__MACOSX/._lab.ipynb", "2")
    inner = (tmp_path / "inner.zip").read_bytes()
    path = hand_in({"Ann_1_assignsubmission_file_/all.zip": inner, "Bo_2_assignsubmission_file_/all.zip": b"no zip"})
    ann, bo = submissions(path)
    assert ann.read() == b"1" and bo.entry is None


def test_names_that_lead_out_are_not_read_and_write_nothing(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        for name in ("../evil.py", "/absolute.py", "ann/../../worse.py", "..\\windows.py", "fine.py"):
            file.writestr(name, "x = 1")
    before = set(tmp_path.parent.rglob("*"))
    read = {}
    for one in submissions(tmp_path / "in.zip"):
        try:
            read[one.student] = one.read()
        except Refused as error:
            assert "leads out" in str(error)
    assert read == {"fine": b"x = 1"} and set(tmp_path.parent.rglob("*")) == before


def test_links_are_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("x = 1")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ann.py").symlink_to(tmp_path / "secret.txt")
    (folder / "bob.py").write_text("y = 1")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.py")
    for one in submissions(folder):
        if one.student == "bob":
            assert one.read() == b"y = 1"
        else:
            with pytest.raises(Refused):
                one.read()


def test_links_in_a_zip_are_not_followed(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        link = zipfile.ZipInfo("ann.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    (ann,) = submissions(tmp_path / "in.zip")
    with pytest.raises(Refused, match="link"):
        ann.read()


def test_bombs_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1 << 20)
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ann.py", bytes(5 << 20))
        file.writestr("bob.py", b"fine")
    path = tmp_path / "in.zip"
    assert path.stat().st_size < 1 << 14
    ann, bob = submissions(path)
    assert bob.read() == b"fine"
    with pytest.raises(Refused, match="larger than 1 MiB"):
        ann.read()


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1 << 16)
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ann.py", bytes(1 << 20))
    content = (tmp_path / "in.zip").read_bytes().replace((1 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    (tmp_path / "in.zip").write_bytes(content)
    (ann,) = submissions(tmp_path / "in.zip")
    with pytest.raises(Refused):
        ann.read()


def test_a_file_of_200_mb_is_not_read(tmp_path):
    with open(tmp_path / "ann.ipynb", "wb") as file:
        file.truncate(200 << 20)
    (ann,) = submissions(tmp_path)
    with pytest.raises(Refused, match="larger than 32 MiB"):
        ann.read()


def test_zips_within_zips_within_zips_end(tmp_path):
    inner = b"x = 1"
    name = "lab.py"
    for depth in range(5):
        with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
            file.writestr(name, inner)
        inner, name = (tmp_path / "in.zip").read_bytes(), f"{depth}.zip"
    with pytest.raises(ValueError, match=r"no \.ipynb or \.py"):
        submissions(tmp_path / "in.zip")


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:60] + b"\xff" * 60 + b[120:], lambda b: b"PK" * 50])
def test_a_damaged_zip_is_said(tmp_path, damage):
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ann.py", os.urandom(500))
    path = tmp_path / "in.zip"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises((ValueError, Refused)):
        submissions(path)[0].read()


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 5)
    for number in range(7):
        (tmp_path / f"{number}.py").write_text("")
    with pytest.raises(ValueError, match="more than 5 files"):
        submissions(tmp_path)


def test_names_without_meaning_become_readable(tmp_path):
    (tmp_path / os.fsdecode(b"Zo\xeb.py")).write_text("x = 1")
    (tmp_path / "a\nb\x1b[31m.py").write_text("y = 1")
    names = [one.student for one in submissions(tmp_path)]
    assert all(name.isprintable() and name.encode() for name in names) and len(set(names)) == 2


def test_folders_may_be_nested_as_deep_as_paths_may_be_long(tmp_path):
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob/lab.py").write_text("x = 1")
    deep = tmp_path / "ann" / "/".join("a" * 1900)
    os.makedirs(tmp_path / "ann")
    here = os.open(tmp_path / "ann", os.O_RDONLY)
    for _ in range(1900):
        os.mkdir("a", dir_fd=here)
        below = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (deep / "lab.py").write_text("y = 1")
    try:
        assert [one.read() for one in submissions(tmp_path)] == [b"y = 1", b"x = 1"]
    finally:
        subprocess.run(["rm", "-r", tmp_path / "ann"], check=True)  # too deep for pytest's own cleaning


@pytest.mark.parametrize("name", [".", "", "..", "/", "./.", "a/../b.py", "\\", "x" * 60_000 + ".py"])
def test_members_of_any_name_are_listed(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        file.writestr("ann.py", "x = 1")
        file.writestr(zipfile.ZipInfo("placeholder"), "y = 1")
        file.infolist()[1].filename = name
    assert ("ann", b"x = 1") in [
        (one.student, one.read()) for one in submissions(tmp_path / "in.zip") if one.student == "ann"
    ]


def test_nothing_to_grade_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"no \.ipynb or \.py"):
        submissions(tmp_path)
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(ValueError, match="expected a folder or a zip"):
        submissions(tmp_path / "a.txt")
