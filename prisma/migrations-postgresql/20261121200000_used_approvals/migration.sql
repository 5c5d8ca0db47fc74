-- AlterTable
ALTER TABLE "Run" ADD COLUMN "approvedBy" TEXT;
