"""Jobs of this process: work that goes on after its request was answered. They are forgotten when it ends."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends
from starlette.requests import Request

from assistant.access import Principal
from assistant.language import Language
from bots.api.access import Asker
from bots.api.models import JobView
from bots.api.problems import RequestError, describe
from tools.errors import show

_KEPT = 1_000
_WAITING = 20


@dataclass(slots=True)
class Job:
    """One piece of work of a principal."""

    id: str
    principal: Principal
    language: Language
    state: Literal["queued", "running", "done", "failed"] = "queued"
    progress: float = 0.0
    error: dict[str, Any] | None = None
    result: object = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


class JobRegistry:
    """The jobs, one running at a time, since documents are written one at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(1)

    def submit(self, work: Callable[[], object], *, principal: Principal, language: Language) -> Job:
        """Queue work for a thread.

        Raises:
            RequestError: Too much is waiting already.
        """
        if sum(not job.ended for job in self._jobs.values()) >= _WAITING:
            raise RequestError(
                503,
                "too_many_jobs",
                en=f"{_WAITING} jobs are waiting already; try again when one has ended.",
                zh=f"已有 {_WAITING} 个任务在排队，请稍后再试。",
                headers={"Retry-After": "10"},
            )
        job = Job(f"j_{uuid4().hex[:16]}", principal, language)
        self._jobs[job.id] = job
        self._forget()
        task = asyncio.create_task(self._run(job, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def find(self, job_id: str, *, principal: Principal) -> Job:
        """Return a job of the principal, or any to the owner.

        Raises:
            RequestError: There is none with this id that the principal may see.
        """
        job = self._jobs.get(job_id)
        if job is None or (principal.role != "owner" and job.principal.id != principal.id):
            shown = show(job_id)
            raise RequestError(
                404,
                "job_not_found",
                en=f"There is no job {shown}; jobs are forgotten when the server ends.",
                zh=f"没有任务 {shown}；服务重启后任务记录不再保留。",
                parameter="job_id",
            )
        return job

    async def aclose(self) -> None:
        """Drop what is queued, and wait for the thread that works, which cannot be stopped half way."""
        for job in self._jobs.values():
            if job.state == "queued":
                job.state = "failed"
        await asyncio.gather(*self._tasks)

    async def _run(self, job: Job, work: Callable[[], object]) -> None:
        async with self._turn:
            if job.ended:
                return
            job.state = "running"
            try:
                job.result = await asyncio.to_thread(work)
            except Exception as error:  # described to whoever asks for the job, and logged if unexpected
                job.error = describe(error, job.language).model_dump(exclude_none=True)
                job.state = "failed"
            else:
                job.state, job.progress = "done", 1.0

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.ended]
        for job_id in ended[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[job_id]


def _jobs(request: Request) -> JobRegistry:
    registry: JobRegistry = request.app.state.jobs
    return registry


TheJobs = Annotated[JobRegistry, Depends(_jobs)]
router = APIRouter(tags=["documents"])


@router.get("/jobs/{job_id}", summary="How a job stands")
async def read_job(job_id: str, jobs: TheJobs, asker: Asker) -> JobView:
    """Tell how far a job is, and why it failed if it did."""
    return JobView.model_validate(jobs.find(job_id, principal=asker))
